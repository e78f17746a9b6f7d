namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>One host for all tests of the API.</summary>
[CollectionDefinition(Name)]
public sealed class ApiTests : ICollectionFixture<ApiFixture>
{
    public const string Name = "api";
}
