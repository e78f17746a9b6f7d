using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace FleetSystem.SiloHost.Access;

/// <summary>Says where the keys are that protect sign-ins. The framework would write them to the home directory of whoever runs the host.</summary>
internal static class SignInKeys
{
    private const string ApplicationName = "FleetSystem.FleetManager";

    /// <summary>Keeps them in a directory, or in memory, as long as this process lives.</summary>
    public static void AddSignInKeys(this IServiceCollection services, string? directory)
    {
        var protection = services.AddDataProtection().SetApplicationName(ApplicationName);
        if (directory is not null) protection.PersistKeysToFileSystem(new DirectoryInfo(directory));
        else services.Configure<KeyManagementOptions>(keys => (keys.XmlRepository, keys.XmlEncryptor) = (new InMemory(), new NullXmlEncryptor()));
    }

    private sealed class InMemory : IXmlRepository
    {
        private readonly ConcurrentQueue<XElement> _keys = new();

        public IReadOnlyCollection<XElement> GetAllElements() => [.. _keys];

        public void StoreElement(XElement element, string friendlyName) => _keys.Enqueue(element);
    }
}
