using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.DynamoDB;

/// <summary>
/// Looks before the silo starts whether the membership table can be used. The provider itself would take a misspelt name for a new cluster, and would find
/// out about a missing right at some later time, when a silo has died.
/// </summary>
internal sealed class MembershipTableCheck(IOptions<SiloOptions> silo, IOptions<DynamoDBOptions> dynamo, DynamoDBTable table) : IHostedService
{
    /// <summary>The schema of Orleans' own package.</summary>
    public static DynamoDBTableSchema SchemaOf(SiloOptions silo) => new(silo.MembershipTable, $"{SiloOptions.Section}:{nameof(SiloOptions.MembershipTable)}", "DeploymentId", "SiloIdentity");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var schema = SchemaOf(silo.Value);
        if (!await table.ExistsAsync(schema, cancellationToken))
        {
            if (!dynamo.Value.CreateTables) throw table.Absent(schema);
            await table.CreateAsync(schema, cancellationToken);
        }

        await table.CheckRightsAsync(schema, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
