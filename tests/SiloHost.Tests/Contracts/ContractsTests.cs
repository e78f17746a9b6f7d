using System.Reflection;
using System.Runtime.CompilerServices;
using FleetSystem.FleetManager;
using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker;

namespace FleetSystem.SiloHost.Tests.Contracts;

/// <summary>
/// What silos of two versions say to each other in a rolling update, and what the store holds: grain methods by their alias, members by their number
/// and name, enumerations by both. <c>contracts.txt</c> is what the last release had; all of it must still be there. What is new may come freely.
/// At a release it is written anew: <c>FLEETSYSTEM_CONTRACTS=write</c> when this test runs.
/// </summary>
public sealed class ContractsTests
{
    private static readonly Assembly[] Ours = [typeof(ISessionGrain).Assembly, typeof(FleetManagerHost).Assembly, typeof(MatchmakerHost).Assembly];

    [Fact]
    public void Contracts_OfTheLastRelease_AreStillThere()
    {
        var now = Describe();
        if (Environment.GetEnvironmentVariable("FLEETSYSTEM_CONTRACTS") == "write") File.WriteAllLines(SourceFile(), now);

        var missing = File.ReadAllLines(SourceFile()).Except(now).ToList();

        Assert.True(missing.Count == 0, $"Silos of the last release still say, or the store still holds:\n{string.Join('\n', missing)}\nKeep these, and give what is new a name or number of its own.");
    }

    [Fact]
    public void Describe_AMemberOfEachKind_IsAmongThem()
    {
        var now = Describe();

        Assert.Contains("grain fleet.ISessionGrain.Create(fleet.SessionRequest, String) : Task<fleet.CreateReply>", now);
        Assert.Contains("wire fleet.SessionRecord 4 Incarnation : Int32", now);
        Assert.Contains("enum SessionState.Pending = 0", now);
    }

    private static List<string> Describe()
    {
        var types = Ours.SelectMany(assembly => assembly.GetTypes()).Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true).ToList();
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        var enums = new HashSet<Type>();
        foreach (var grain in types.Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type)))
        {
            foreach (var method in grain.GetMethods())
            {
                var alias = method.GetCustomAttribute<AliasAttribute>()?.Alias ?? method.Name;
                lines.Add($"grain {NameOf(grain)}.{alias}({string.Join(", ", method.GetParameters().Select(parameter => Note(parameter.ParameterType)))}) : {Note(method.ReturnType)}");
            }
        }

        foreach (var type in types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)))
        {
            const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            foreach (var member in type.GetMembers(Declared))
            {
                if (member.GetCustomAttribute<IdAttribute>() is not { } id) continue;
                var memberType = member switch { PropertyInfo property => property.PropertyType, FieldInfo field => field.FieldType, _ => typeof(void) };
                lines.Add($"wire {NameOf(type)} {id.Id} {member.Name} : {Note(memberType)}");
            }
        }

        foreach (var name in enums.SelectMany(type => Enum.GetNames(type).Select(name => $"enum {NameOf(type)}.{name} = {Convert.ToInt64(Enum.Parse(type, name), System.Globalization.CultureInfo.InvariantCulture)}"))) lines.Add(name);
        return [.. lines];

        string Note(Type type)
        {
            foreach (var part in Parts(type).Where(part => part.IsEnum && Ours.Contains(part.Assembly))) enums.Add(part);
            return NameOf(type);
        }
    }

    private static IEnumerable<Type> Parts(Type type) =>
        [type, .. type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : [], .. type.HasElementType ? Parts(type.GetElementType()!) : []];

    private static string NameOf(Type type)
    {
        if (type.HasElementType) return NameOf(type.GetElementType()!) + "[]";
        if (type.GetCustomAttribute<AliasAttribute>() is { } alias) return alias.Alias;
        return type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : type.Name;
    }

    private static string SourceFile([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "contracts.txt");
}
