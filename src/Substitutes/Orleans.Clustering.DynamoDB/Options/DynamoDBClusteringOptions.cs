using Orleans.Clustering.DynamoDB;

namespace Orleans.Configuration;

/// <summary>Where a silo finds the membership table.</summary>
public class DynamoDBClusteringOptions : DynamoDBClientOptions
{
    /// <summary>Read capacity units of a table that is created with provisioned throughput. The default is 10.</summary>
    public int ReadCapacityUnits { get; set; } = MembershipSchema.DefaultReadCapacityUnits;

    /// <summary>Write capacity units of a table that is created with provisioned throughput. The default is 5.</summary>
    public int WriteCapacityUnits { get; set; } = MembershipSchema.DefaultWriteCapacityUnits;

    /// <summary>Whether a table is created with provisioned throughput instead of on-demand billing. The default is true.</summary>
    public bool UseProvisionedThroughput { get; set; } = true;

    /// <summary>Whether the table is created when it is absent. The default is true.</summary>
    public bool CreateIfNotExists { get; set; } = true;

    /// <summary>Accepted for the sake of the official package. What stands in AWS is not changed here.</summary>
    public bool UpdateIfExists { get; set; } = true;

    /// <summary>Name of the table. The default is <c>OrleansSilos</c>.</summary>
    public string TableName { get; set; } = MembershipSchema.DefaultTableName;
}
