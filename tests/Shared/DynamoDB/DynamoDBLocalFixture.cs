using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using FleetSystem.LocalCloud.DynamoDB;

[assembly: AssemblyFixture(typeof(FleetSystem.Tests.DynamoDB.DynamoDBLocalFixture))]

namespace FleetSystem.Tests.DynamoDB;

/// <summary>One DynamoDB Local for the tests of an assembly. It starts with the first test that asks for it, and is stopped after the last.</summary>
public sealed class DynamoDBLocalFixture : IAsyncDisposable
{
    private readonly Lazy<DirectoryInfo> _directory = new(() => Directory.CreateTempSubdirectory("dynamodb-tests-"));
    private readonly Lazy<Task<DynamoDBLocal>> _local;
    private int _tables;

    public DynamoDBLocalFixture() => _local = new(() => DynamoDBLocal.StartAsync(0, _directory.Value.FullName, durable: false, TimeProvider.System, CancellationToken.None));

    /// <summary>Where it serves.</summary>
    public async Task<Uri> EndpointAsync() => (await _local.Value.WaitAsync(TestContext.Current.CancellationToken)).Endpoint;

    /// <summary>A client of it, with credentials that it takes for good.</summary>
    public async Task<AmazonDynamoDBClient> ClientAsync() => new(
        new BasicAWSCredentials("tests", "tests"), new AmazonDynamoDBConfig { ServiceURL = (await EndpointAsync()).ToString() });

    /// <summary>A name for a table that no other test has.</summary>
    public string NewTableName([CallerMemberName] string test = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{test[..Math.Min(test.Length, 200)]}.{Interlocked.Increment(ref _tables)}");

    public async ValueTask DisposeAsync()
    {
        if (_local.IsValueCreated) await (await _local.Value).DisposeAsync();
        if (_directory.IsValueCreated) _directory.Value.Delete(recursive: true);
    }
}
