namespace FleetSystem.SiloHost.Tests.Kubernetes;

public sealed class KubernetesOptionsTests
{
    [Fact]
    public void Validate_OnOutsideOfAPod_TellsWhatThePodHasToBeTold()
    {
        var options = new SiloOptions { Port = 11111, Kubernetes = new() { Enabled = true, KubeConfig = "/no/such/kubeconfig" } };
        var faults = new SiloOptionsValidator().Validate(null, options).Failures ?? [];

        Assert.Equal(4, faults.Count());
        foreach (var name in new[] { "POD_NAME", "POD_NAMESPACE", "POD_IP", "Silo:Kubernetes:KubeConfig is '/no/such/kubeconfig'" }) Assert.Contains(faults, fault => fault.Contains(name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public void Validate_OffOrNotDetected_AsksForNothing(bool? enabled) =>
        Assert.True(new SiloOptionsValidator().Validate(null, new SiloOptions { Port = 11111, Kubernetes = new() { Enabled = enabled } }).Succeeded);
}
