using Agones.Dev.Sdk.Beta;
using Grpc.Core;

namespace FleetSystem.LocalCloud.Sdk;

/// <summary>Serves <c>agones.dev.sdk.beta.SDK</c>, counters and lists, for all sidecars.</summary>
internal sealed class BetaSdkService(SdkServer server) : SDK.SDKBase
{
    public override Task<Counter> GetCounter(GetCounterRequest request, ServerCallContext context) =>
        Answer(request.Name, server.Of(context).GetCounter(request.Name));

    public override Task<Counter> UpdateCounter(UpdateCounterRequest request, ServerCallContext context)
    {
        if (request.CounterUpdateRequest is not { } update)
            throw Malformed("invalid argument. CounterUpdateRequest: <nil> cannot be nil");
        if (update.CountDiff == 0 && update.Count is null && update.Capacity is null)
            throw Malformed($"invalid argument. Malformed CounterUpdateRequest: {update}");
        return Answer(update.Name, server.Of(context).UpdateCounter(update.Name, update.Capacity, update.Count, update.CountDiff));
    }

    public override Task<List> GetList(GetListRequest request, ServerCallContext context) =>
        Answer(request.Name, server.Of(context).GetList(request.Name));

    public override Task<List> UpdateList(UpdateListRequest request, ServerCallContext context)
    {
        if (request.List is not { } list || request.UpdateMask is not { } mask)
            throw Malformed("invalid argument. List and UpdateMask cannot be nil");
        if (mask.Paths.Any(path => path is not ("name" or "capacity" or "values")))
            throw Malformed($"invalid argument. Field Mask Path(s): {string.Join(' ', mask.Paths)} are invalid for List. Use valid field name(s): name capacity values");

        server.Of(context).UpdateList(
            list.Name,
            mask.Paths.Contains("capacity") ? list.Capacity : null,
            mask.Paths.Contains("values") ? list.Values : null);

        // Agones answers an empty list here, and the list itself everywhere else.
        return Task.FromResult(new List());
    }

    public override Task<List> AddListValue(AddListValueRequest request, ServerCallContext context) =>
        Answer(request.Name, server.Of(context).AddListValue(request.Name, request.Value));

    public override Task<List> RemoveListValue(RemoveListValueRequest request, ServerCallContext context) =>
        Answer(request.Name, server.Of(context).RemoveListValue(request.Name, request.Value));

    private static RpcException Malformed(string message) => new(new Status(StatusCode.Unknown, message));

    private static Task<Counter> Answer(string name, (long Count, long Capacity) counter) =>
        Task.FromResult(new Counter { Name = name, Count = counter.Count, Capacity = counter.Capacity });

    private static Task<List> Answer(string name, (List<string> Values, long Capacity) list)
    {
        var answer = new List { Name = name, Capacity = list.Capacity };
        answer.Values.AddRange(list.Values);
        return Task.FromResult(answer);
    }
}
