using FleetSystem.FleetManager.Storage;
using FleetSystem.SiloHost.Diagnosis;
using FleetSystem.SiloHost.DynamoDB;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Diagnosis;

/// <summary>Looks whether grain states can be kept: the file's folder, or the table and every right on it.</summary>
internal sealed class StorageDiagnosis(IOptions<StorageOptions> options, IServiceProvider services) : IDiagnosis
{
    public IEnumerable<DiagnosisStep> Steps()
    {
        if (options.Value.Provider == StorageProvider.DynamoDB)
        {
            // DynamoDB's services are there where it is the store alone.
            var (table, dynamo) = (services.GetRequiredService<DynamoDBTable>(), services.GetRequiredService<IOptions<DynamoDBOptions>>().Value);
            var schema = DynamoDBStateItem.SchemaOf(options.Value.DynamoDB.Table);
            yield return new($"table {schema.Name}", token => table.DiagnoseAsync(schema, dynamo.CreateTables, token));
        }
        else
        {
            var file = Path.GetFullPath(options.Value.Sqlite.Path);
            var subject = $"state file {file}";
            yield return new(subject, _ => Task.FromResult<IReadOnlyList<Finding>>([Look(subject, file)]));
        }
    }

    private static Finding Look(string subject, string file)
    {
        try
        {
            if (File.Exists(file))
            {
                using var opened = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                return new(subject, FindingState.Passed, $"is there ({opened.Length} bytes), and can be written.");
            }

            // Its folder is made at the start: the nearest that is there decides. What is written for the test is gone at once.
            var folder = Path.GetDirectoryName(file);
            while (folder is not null && !Directory.Exists(folder)) folder = Path.GetDirectoryName(folder);
            using var probe = new FileStream(Path.Combine(folder ?? "/", $".fleetsystem-{Path.GetRandomFileName()}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return new(subject, FindingState.Passed, "is not there yet, and can be made.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new(subject, FindingState.Failed, $"cannot be written: {fault.Message}");
        }
    }
}
