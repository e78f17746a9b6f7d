using System.Net;
using System.Security.Cryptography;
using FleetSystem.Matchmaker.Grpc;
using FleetSystem.SiloHost.Health;
using FleetSystem.SiloHost.Listening;
using FleetSystem.SiloHost.Tls;
using Grpc.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>
/// Serves the drop-in for agones-allocator, in a server of its own within this process: its ports have their own certificates, and what
/// players may call is not reached through them, nor the other way round. Starts once the silo runs.
/// </summary>
internal sealed class AllocatorHost(
    IOptions<MatchmakerOptions> options, AllocatorOperations allocator, HostDrain drain, TimeProvider time, ILoggerFactory logs) : IHostedLifecycleService, IAsyncDisposable
{
    private WebApplication? _app;
    private TlsCertificates? _certificates;

    /// <summary>What is listened on, gRPC first; empty before the start, and when neither address is configured.</summary>
    public IReadOnlyList<string> Addresses =>
        _app is null ? [] : [.. _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];

    private AllocatorOptions Options => options.Value.Allocator;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        List<(IPEndPoint Address, bool Secure, HttpProtocols Protocols)> endpoints = [.. EndPoints()];
        if (endpoints.Count == 0) return;
        if (endpoints.Any(endpoint => endpoint.Secure)) _certificates = LoadCertificates();
        _app = Build(endpoints);
        await _app.StartAsync(cancellationToken);
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_app is not null) await _app.StopAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        _certificates?.Dispose();
    }

    private IEnumerable<(IPEndPoint Address, bool Secure, HttpProtocols Protocols)> EndPoints()
    {
        var (grpc, rest) = (AllocatorOptions.EndPoint(Options.GrpcUrl), AllocatorOptions.EndPoint(Options.RestUrl));
        var (grpcSecure, restSecure) = (AllocatorOptions.IsSecure(Options.GrpcUrl), AllocatorOptions.IsSecure(Options.RestUrl));
        if (grpc is { Port: > 0 } && grpc.Equals(rest))
        {
            yield return (grpc, grpcSecure, HttpProtocols.Http1AndHttp2);
            yield break;
        }

        if (grpc is not null) yield return (grpc, grpcSecure, HttpProtocols.Http2);
        if (rest is not null) yield return (rest, restSecure, restSecure ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1);
    }

    private TlsCertificates LoadCertificates()
    {
        try
        {
            var tls = Options.Tls;
            return new TlsCertificates(
                new CertificateFiles(tls.CertificateFile, tls.KeyFile, tls.MutualTls ? tls.ClientCaDirectory : null, tls.ReloadInterval), "the allocator", time, logs.CreateLogger<TlsCertificates>());
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new OptionsValidationException(
                nameof(MatchmakerOptions), typeof(MatchmakerOptions), [$"{MatchmakerOptions.Section}:Allocator:Tls has files that hold no certificate with its key: {fault.Message}"]);
        }
    }

    private WebApplication Build(List<(IPEndPoint Address, bool Secure, HttpProtocols Protocols)> endpoints)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel =>
        {
            // Read here up to our own limit; Kestrel's only guards what no endpoint reads.
            kestrel.Limits.MaxRequestBodySize = null;
            ListenerLimits.Set(kestrel);
            foreach (var (address, secure, protocols) in endpoints)
            {
                kestrel.Listen(address, listen =>
                {
                    listen.Protocols = protocols;
                    if (secure) listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(_certificates!.ForServer()) });
                });
            }
        });
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(allocator);
        builder.Services.AddSingleton(drain);
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<AllocationEndpoint>();
        builder.Services.AddSingleton<FaultInterceptor>();
        builder.Services.AddRouting();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.Value.MaxRequestBytes;
            grpc.IgnoreUnknownServices = true;
            grpc.Interceptors.Add<FaultInterceptor>();
        });

        var app = builder.Build();
        app.UseCutOff();
        app.Use(TellRefusalAsync);
        app.UseRouting();
        app.MapGrpcService<AllocationGrpcService>();
        app.MapPost(AllocationEndpoint.Path, app.Services.GetRequiredService<AllocationEndpoint>().HandleAsync);
        return app;
    }

    /// <summary>What no endpoint answers is told as the gateway tells it.</summary>
    private static async Task TellRefusalAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.HasStarted || context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true) return;
        var fault = context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new AllocatorFault(StatusCode.NotFound, "Not Found"),
            StatusCodes.Status405MethodNotAllowed => new AllocatorFault(StatusCode.Unimplemented, "Method Not Allowed"),
            _ => null,
        };
        if (fault is not null) await AllocationEndpoint.WriteAsync(context, fault);
    }
}
