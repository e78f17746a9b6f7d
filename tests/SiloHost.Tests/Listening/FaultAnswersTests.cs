using System.Collections.Concurrent;
using System.Net;
using FleetSystem.FleetModel.Grains;
using FleetSystem.SiloHost.Listening;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.SiloHost.Tests.Listening;

public sealed class FaultAnswersTests
{
    [Fact]
    public async Task Answer_FaultThatPasses_UnavailableAndOneLineWithoutAStack()
    {
        var (status, lines) = await AskAsync(new QueueUnavailableException("Queue duel moves to another silo."));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        var line = Assert.Single(lines);
        Assert.Equal((LogLevel.Warning, false), (line.Level, line.HasStack));
        Assert.Contains("duel moves", line.Text, StringComparison.Ordinal);
        Assert.Contains("/fails", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_FaultOfOurs_InternalErrorAndLoggedWhole()
    {
        var (status, lines) = await AskAsync(new InvalidOperationException("broken"));

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Contains(lines, line => line is { Level: LogLevel.Error, HasStack: true });
    }

    [Fact]
    public async Task Answer_FaultOfTheCaller_ItsStatusAndNotLogged()
    {
        var (status, lines) = await AskAsync(new BadHttpRequestException("too long", StatusCodes.Status413PayloadTooLarge));

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, 0), (status, lines.Count));
    }

    private static async Task<(HttpStatusCode Status, IReadOnlyList<Line> Lines)> AskAsync(Exception fault)
    {
        var lines = new Lines();
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(lines).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddProblemDetails();
        await using var app = builder.Build();
        app.UseFaultAnswers();
        app.MapGet("/fails", string () => throw fault);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var answer = await http.GetAsync(new Uri("/fails", UriKind.Relative), TestContext.Current.CancellationToken);
        return (answer.StatusCode, [.. lines.Taken]);
    }

    private sealed record Line(LogLevel Level, string Text, bool HasStack);

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<Line> Taken { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) Taken.Enqueue(new(logLevel, formatter(state, exception), exception is not null));
        }

        public void Dispose()
        {
        }
    }
}
