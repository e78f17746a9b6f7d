using System.Net;
using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;

namespace FleetSystem.GlobalAccelerator.Tests;

public sealed class ResponseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receive_Accelerator_EveryMemberIsRead()
    {
        var service = new RecordedService().Answer(
            """
            {"Accelerator":{"AcceleratorArn":"arn","Name":"api","IpAddressType":"IPV4","Enabled":true,"Status":"IN_PROGRESS","DnsName":"a.example",
             "CreatedTime":1.542394847123E9,"LastModifiedTime":1542394848,"FutureMember":{"a":[1]},
             "IpSets":[{"IpFamily":"IPv4","IpAddressFamily":"IPv4","IpAddresses":["192.0.2.1","192.0.2.2"]}],
             "Events":[{"Message":"moved","Timestamp":1542394849.5}]}}
            """);
        using var client = service.NewClient();

        var response = await client.DescribeAcceleratorAsync(new DescribeAcceleratorRequest { AcceleratorArn = "arn" }, Stop);

        var accelerator = response.Accelerator!;
        Assert.Equal(("arn", "api", "a.example"), (accelerator.AcceleratorArn, accelerator.Name, accelerator.DnsName));
        Assert.Equal(IpAddressType.IPV4, accelerator.IpAddressType);
        Assert.Equal(AcceleratorStatus.IN_PROGRESS, accelerator.Status);
        Assert.True(accelerator.Enabled);
        Assert.Equal(new DateTime(2018, 11, 16, 19, 0, 47, 123, DateTimeKind.Utc), accelerator.CreatedTime);
        Assert.Equal(DateTimeKind.Utc, accelerator.LastModifiedTime!.Value.Kind);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], Assert.Single(accelerator.IpSets!).IpAddresses);
        Assert.Equal(IpAddressFamily.IPv4, accelerator.IpSets![0].IpAddressFamily);
        Assert.Equal(500, Assert.Single(accelerator.Events!).Timestamp!.Value.Millisecond);
        Assert.Equal("request-1", response.ResponseMetadata.RequestId);
        Assert.Equal(HttpStatusCode.OK, response.HttpStatusCode);
    }

    [Fact]
    public async Task Receive_ValueThatIsNewToTheClient_IsKept()
    {
        var service = new RecordedService().Answer("""{"Accelerator":{"Status":"PAUSED"}}""");
        using var client = service.NewClient();

        var response = await client.DescribeAcceleratorAsync(new DescribeAcceleratorRequest { AcceleratorArn = "arn" }, Stop);

        Assert.Equal("PAUSED", response.Accelerator!.Status!.Value);
        Assert.NotEqual(AcceleratorStatus.DEPLOYED, response.Accelerator.Status);
    }

    [Fact]
    public async Task Receive_WithoutAList_ListIsNullAsInVersion4()
    {
        using var client = new RecordedService().NewClient();

        var response = await client.ListAcceleratorsAsync(new ListAcceleratorsRequest(), Stop);

        Assert.Null(response.Accelerators);
        Assert.Null(response.NextToken);
    }

    [Fact]
    public async Task Receive_NothingForAnOperationWithoutOutput_IsSuccess()
    {
        using var client = new RecordedService().Answer("").NewClient();

        var response = await client.DeleteAcceleratorAsync(new DeleteAcceleratorRequest { AcceleratorArn = "arn" }, Stop);

        Assert.Equal(HttpStatusCode.OK, response.HttpStatusCode);
    }

    public static TheoryData<string, Type> Errors => new()
    {
        { "AcceleratorNotDisabledException", typeof(AcceleratorNotDisabledException) },
        { "AcceleratorNotFoundException", typeof(AcceleratorNotFoundException) },
        { "AccessDeniedException", typeof(AccessDeniedException) },
        { "AssociatedEndpointGroupFoundException", typeof(AssociatedEndpointGroupFoundException) },
        { "AssociatedListenerFoundException", typeof(AssociatedListenerFoundException) },
        { "ConflictException", typeof(ConflictException) },
        { "EndpointAlreadyExistsException", typeof(EndpointAlreadyExistsException) },
        { "EndpointGroupAlreadyExistsException", typeof(EndpointGroupAlreadyExistsException) },
        { "EndpointGroupNotFoundException", typeof(EndpointGroupNotFoundException) },
        { "EndpointNotFoundException", typeof(EndpointNotFoundException) },
        { "InvalidArgumentException", typeof(InvalidArgumentException) },
        { "InvalidNextTokenException", typeof(InvalidNextTokenException) },
        { "InvalidPortRangeException", typeof(InvalidPortRangeException) },
        { "LimitExceededException", typeof(LimitExceededException) },
        { "ListenerNotFoundException", typeof(ListenerNotFoundException) },
        { "TransactionInProgressException", typeof(TransactionInProgressException) },
        { "SomethingNewException", typeof(AmazonGlobalAcceleratorException) },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Receive_Error_ThrowsItsTypeWithCodeMessageAndRequest(string code, Type type)
    {
        var service = new RecordedService().Answer($$"""{"__type":"com.amazonaws.globalaccelerator#{{code}}","Message":"why"}""", HttpStatusCode.BadRequest);
        using var client = service.NewClient();

        var error = await Assert.ThrowsAnyAsync<AmazonGlobalAcceleratorException>(() => client.ListAcceleratorsAsync(new ListAcceleratorsRequest(), Stop));

        Assert.IsType(type, error);
        Assert.Equal((code, "why", "request-1", HttpStatusCode.BadRequest), (error.ErrorCode, error.Message, error.RequestId, error.StatusCode));
    }

    [Fact]
    public async Task Receive_InternalServiceError_IsRetried()
    {
        var service = new RecordedService()
            .Answer("""{"__type":"InternalServiceErrorException","Message":"once"}""", HttpStatusCode.InternalServerError)
            .Answer("""{"Accelerators":[]}""");
        using var client = service.NewClient(config => config.MaxErrorRetry = 1);

        var response = await client.ListAcceleratorsAsync(new ListAcceleratorsRequest(), Stop);

        Assert.Empty(response.Accelerators!);
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task Receive_ErrorThatIsNotJson_ThrowsWithTheStatus()
    {
        var service = new RecordedService().Answer("<html>502</html>", HttpStatusCode.BadGateway);
        using var client = service.NewClient();

        var error = await Assert.ThrowsAsync<AmazonGlobalAcceleratorException>(() => client.ListAcceleratorsAsync(new ListAcceleratorsRequest(), Stop));

        Assert.Equal(HttpStatusCode.BadGateway, error.StatusCode);
    }
}
