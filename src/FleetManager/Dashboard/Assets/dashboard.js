// What a page cannot do from the server.
window.fleet = {
    setTheme: theme => {
        document.cookie = `fleet-theme=${theme}; path=/; max-age=31536000; samesite=strict`;
        document.body.className = `theme-${theme}`;
    },
};
