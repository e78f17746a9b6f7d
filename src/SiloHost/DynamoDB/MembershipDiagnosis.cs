using FleetSystem.SiloHost.Diagnosis;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.DynamoDB;

/// <summary>Looks whether the membership table is there, is of the right schema, and may be used.</summary>
internal sealed class MembershipDiagnosis(IOptions<SiloOptions> silo, IOptions<DynamoDBOptions> dynamo, DynamoDBTable table) : IDiagnosis
{
    public IEnumerable<DiagnosisStep> Steps()
    {
        var schema = MembershipTableCheck.SchemaOf(silo.Value);
        yield return new($"table {schema.Name}", token => table.DiagnoseAsync(schema, dynamo.Value.CreateTables, token));
    }
}
