using System.Net;
using System.Text.Json;
using Amazon;
using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;
using Amazon.Runtime;

namespace FleetSystem.GlobalAccelerator.Tests;

public sealed class RequestTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The operations of API version 2018-08-08 that the stand-in promises.</summary>
    public static TheoryData<string> Operations =>
    [
        "CreateAccelerator", "DescribeAccelerator", "ListAccelerators", "UpdateAccelerator", "DeleteAccelerator",
        "CreateListener", "DescribeListener", "ListListeners", "DeleteListener",
        "CreateEndpointGroup", "DescribeEndpointGroup", "ListEndpointGroups", "UpdateEndpointGroup", "DeleteEndpointGroup",
        "AddEndpoints", "RemoveEndpoints",
        "CreateCustomRoutingAccelerator", "DescribeCustomRoutingAccelerator", "ListCustomRoutingAccelerators",
        "UpdateCustomRoutingAccelerator", "DeleteCustomRoutingAccelerator",
        "CreateCustomRoutingListener", "ListCustomRoutingListeners", "DeleteCustomRoutingListener",
        "CreateCustomRoutingEndpointGroup", "DescribeCustomRoutingEndpointGroup", "ListCustomRoutingEndpointGroups",
        "DeleteCustomRoutingEndpointGroup", "AddCustomRoutingEndpoints", "RemoveCustomRoutingEndpoints",
        "AllowCustomRoutingTraffic", "DenyCustomRoutingTraffic",
        "ListCustomRoutingPortMappings", "ListCustomRoutingPortMappingsByDestination",
        "ListTagsForResource",
    ];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Send_AnyOperation_IsAPostOfThatTarget(string operation)
    {
        var service = new RecordedService();
        using var client = service.NewClient();
        var method = typeof(IAmazonGlobalAccelerator).GetMethod(operation + "Async")!;
        var request = Activator.CreateInstance(method.GetParameters()[0].ParameterType);

        await (Task)method.Invoke(client, [request, Stop])!;

        Assert.Equal(operation, service.Request.Operation);
        Assert.Equal("POST", service.Request.Method);
        Assert.Equal("application/x-amz-json-1.1", service.Request.Headers["Content-Type"]);
        Assert.Equal($"{operation}Request", method.GetParameters()[0].ParameterType.Name);
        Assert.Equal($"Task`1[{operation}Response]", $"{method.ReturnType.Name}[{method.ReturnType.GenericTypeArguments[0].Name}]");
    }

    [Fact]
    public async Task Send_NestedRequest_BodyHasTheMembersThatAreSetAndNoOther()
    {
        var service = new RecordedService();
        using var client = service.NewClient();

        await client.CreateCustomRoutingEndpointGroupAsync(
            new CreateCustomRoutingEndpointGroupRequest
            {
                ListenerArn = "listener",
                EndpointGroupRegion = "ap-northeast-2",
                DestinationConfigurations = [new() { FromPort = 7000, ToPort = 7031, Protocols = [CustomRoutingProtocol.UDP] }],
                IdempotencyToken = "token",
            },
            Stop);

        AssertJson(
            """
            {"ListenerArn":"listener","EndpointGroupRegion":"ap-northeast-2","IdempotencyToken":"token",
             "DestinationConfigurations":[{"FromPort":7000,"ToPort":7031,"Protocols":["UDP"]}]}
            """,
            service.Request.Body);
    }

    [Fact]
    public async Task Send_EnumerationsNumbersAndFalse_AreWrittenAsTheServiceReadsThem()
    {
        var service = new RecordedService();
        using var client = service.NewClient();

        await client.UpdateEndpointGroupAsync(
            new UpdateEndpointGroupRequest
            {
                EndpointGroupArn = "group",
                TrafficDialPercentage = 12.5f,
                HealthCheckProtocol = HealthCheckProtocol.HTTPS,
                EndpointConfigurations = [new() { EndpointId = "nlb", Weight = 0, ClientIPPreservationEnabled = false }],
                PortOverrides = [],
            },
            Stop);

        AssertJson(
            """
            {"EndpointGroupArn":"group","TrafficDialPercentage":12.5,"HealthCheckProtocol":"HTTPS","PortOverrides":[],
             "EndpointConfigurations":[{"EndpointId":"nlb","Weight":0,"ClientIPPreservationEnabled":false}]}
            """,
            service.Request.Body);
    }

    [Theory]
    [InlineData("us-west-2", false, false, "https://globalaccelerator.us-west-2.amazonaws.com/")]
    [InlineData("ap-northeast-2", false, false, "https://globalaccelerator.us-west-2.amazonaws.com/")]
    [InlineData("us-west-2", true, false, "https://globalaccelerator-fips.us-west-2.amazonaws.com/")]
    [InlineData("us-west-2", false, true, "https://globalaccelerator.us-west-2.api.aws/")]
    public async Task Send_AnyRegion_GoesToUsWest2AndIsSignedForIt(string region, bool fips, bool dualStack, string url)
    {
        var service = new RecordedService();
        using var client = service.NewClient(config =>
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
            config.UseFIPSEndpoint = fips;
            config.UseDualstackEndpoint = dualStack;
        });

        await client.ListAcceleratorsAsync(new ListAcceleratorsRequest(), Stop);

        Assert.Equal(url, service.Request.Uri.AbsoluteUri);
        Assert.Matches("^AWS4-HMAC-SHA256 Credential=key/[0-9]{8}/us-west-2/globalaccelerator/aws4_request, ", service.Request.Headers["Authorization"]);
    }

    [Fact]
    public async Task Send_ServiceUrlAndAuthenticationRegion_AreUsed()
    {
        var service = new RecordedService();
        using var client = service.NewClient(config =>
        {
            config.ServiceURL = "http://127.0.0.1:1234/base";
            config.AuthenticationRegion = "eu-north-1";
        });

        await client.ListAcceleratorsAsync(new ListAcceleratorsRequest(), Stop);

        Assert.Equal("http://127.0.0.1:1234/base", service.Request.Uri.AbsoluteUri.TrimEnd('/'));
        Assert.Contains("/eu-north-1/globalaccelerator/aws4_request", service.Request.Headers["Authorization"]);
    }

    [Fact]
    public async Task Send_SessionCredentials_TokenIsSentAndSigned()
    {
        var service = new RecordedService();
        var config = new AmazonGlobalAcceleratorConfig { RegionEndpoint = RegionEndpoint.USWest2, HttpClientFactory = service };
        using var client = new AmazonGlobalAcceleratorClient(new SessionAWSCredentials("key", "secret", "session"), config);

        await client.ListAcceleratorsAsync(new ListAcceleratorsRequest(), Stop);

        Assert.Equal("session", service.Request.Headers["X-Amz-Security-Token"]);
        Assert.Contains("x-amz-security-token", service.Request.Headers["Authorization"]);
    }

    [Fact]
    public async Task Send_NoIdempotencyToken_OneIsMadeAndARetryCarriesTheSame()
    {
        var service = new RecordedService().Answer("""{"__type":"ThrottlingException","Message":"slow"}""", HttpStatusCode.BadRequest);
        using var client = service.NewClient(config => config.MaxErrorRetry = 1);

        await client.CreateAcceleratorAsync(new CreateAcceleratorRequest { Name = "a" }, Stop);
        await client.CreateAcceleratorAsync(new CreateAcceleratorRequest { Name = "a" }, Stop);

        var tokens = service.Requests.ConvertAll(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("IdempotencyToken").GetString());
        Assert.Equal(3, tokens.Count);
        Assert.True(Guid.TryParse(tokens[0], out _));
        Assert.Equal(tokens[0], tokens[1]);
        Assert.NotEqual(tokens[0], tokens[2]);
    }

    private static void AssertJson(string expected, string actual) =>
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, JsonDocument.Parse(actual).RootElement), actual);
}
