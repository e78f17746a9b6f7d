namespace FleetSystem.FleetModel.Tests.Matching.RuleSets;

/// <summary>Rule sets of the shapes that studios write for FlexMatch: one for each kind that its documentation shows, with its habits, such as comments.</summary>
internal static class ExampleRuleSets
{
    /// <summary>Two teams of the same size and of like strength; the difference widens.</summary>
    public const string EvenTeams = """
        {
            "name": "pirates_vs_ninjas",
            "ruleLanguageVersion": "1.0",
            "playerAttributes": [{ "name": "skill", "type": "number", "default": 10 }],
            "teams": [
                { "name": "pirates", "maxPlayers": 8, "minPlayers": 4 },
                { "name": "ninjas", "maxPlayers": 8, "minPlayers": 4 }
            ],
            "rules": [{
                "name": "FairTeams",
                "description": "Each team's average is near the match's",
                "type": "distance",
                // one number for each team
                "measurements": [ "avg(teams[*].players.attributes[skill])" ],
                "referenceValue": "avg(flatten(teams[*].players.attributes[skill]))",
                "maxDistance": 10 // in points
            }, {
                "name": "SameSize",
                "type": "comparison",
                "measurements": [ "count(teams[pirates].players)" ],
                "referenceValue": "count(teams[ninjas].players)",
                "operation": "="
            }],
            "expansions": [{
                "target": "rules[FairTeams].maxDistance",
                "steps": [ { "waitTimeSeconds": 5, "value": 50 }, { "waitTimeSeconds": 15, "value": 100 } ]
            }]
        }
        """;

    /// <summary>Teams that differ, with roles; the larger one may become smaller.</summary>
    public const string OneAgainstFive = """
        {
            "name": "dragon_hunt",
            "ruleLanguageVersion": "1.0",
            "playerAttributes": [
                { "name": "skill", "type": "number", "default": 10 },
                { "name": "wantedDragonSkill", "type": "number", "default": 10 },
                { "name": "isDragon", "type": "number", "default": 0 }
            ],
            "teams": [
                { "name": "hunters", "maxPlayers": 5, "minPlayers": 5 },
                { "name": "dragon", "maxPlayers": 1, "minPlayers": 1 }
            ],
            "rules": [
                { "name": "DragonRole", "type": "comparison", "measurements": ["teams[dragon].players.attributes[isDragon]"], "referenceValue": 1, "operation": "=" },
                { "name": "HunterRole", "type": "comparison", "measurements": ["teams[hunters].players.attributes[isDragon]"], "referenceValue": 0, "operation": "=" },
                {
                    "name": "DragonSkill", "type": "comparison", "measurements": ["avg(teams[dragon].players.attributes[skill])"],
                    "referenceValue": "max(teams[hunters].players.attributes[wantedDragonSkill])", "operation": ">="
                }
            ],
            "expansions": [{ "target": "teams[hunters].minPlayers", "steps": [{ "waitTimeSeconds": 30, "value": 4 }, { "waitTimeSeconds": 60, "value": 3 }] }]
        }
        """;

    /// <summary>Three teams from one definition, a limit on a role, and latency.</summary>
    public const string ThreeTeams = """
        {
            "name": "three_way",
            "ruleLanguageVersion": "1.0",
            "playerAttributes": [
                { "name": "skill", "type": "number", "default": 10 },
                { "name": "class", "type": "string_list", "default": [ "farmer" ] }
            ],
            "teams": [{ "name": "squad", "minPlayers": 2, "maxPlayers": 4, "quantity": 3 }],
            "rules": [
                { "name": "Fair", "type": "distance", "measurements": ["avg(teams[*].players.attributes[skill])"], "referenceValue": "avg(flatten(teams[*].players.attributes[skill]))", "maxDistance": 10 },
                { "name": "CloseSizes", "type": "distance", "measurements": [ "max(count(teams[*].players))" ], "referenceValue": "min(count (teams[*].players))", "maxDistance": 1 },
                { "name": "FewHealers", "type": "collection", "measurements": [ "flatten(teams[*].players.attributes[class])" ], "operation": "contains", "referenceValue": "healer", "maxCount": 3 },
                { "name": "Fast", "type": "latency", "maxLatency": 50 }
            ],
            "expansions": [{ "target": "rules[Fast].maxLatency", "steps": [{ "waitTimeSeconds": 10, "value": 100 }, { "waitTimeSeconds": 20, "value": 150 }] }]
        }
        """;

    /// <summary>Sorted by what the longest-waiting player likes.</summary>
    public const string Sorted = """
        {
            "name": "many_maps",
            "ruleLanguageVersion": "1.0",
            "playerAttributes": [
                { "name": "experience", "type": "number", "default": 50 },
                { "name": "modes", "type": "string_list", "default": [ "deathmatch", "coop" ] },
                { "name": "mapWeights", "type": "string_number_map", "default": { "desert": 100 } },
                { "name": "maps", "type": "string_list", "default": [ "desert" ] }
            ],
            "teams": [{ "name": "red", "maxPlayers": 3, "minPlayers": 3 }, { "name": "blue", "maxPlayers": 3, "minPlayers": 3 }],
            "rules": [
                { "name": "LikedMap", "description": "The same map first", "type": "absoluteSort", "sortDirection": "descending", "sortAttribute": "mapWeights", "mapKey": "maxValue" },
                { "name": "LikeExperience", "type": "distanceSort", "sortDirection": "ascending", "sortAttribute": "experience" },
                { "name": "SharedMode", "type": "collection", "operation": "intersection", "measurements": [ "flatten(teams[*].players.attributes[modes])" ], "minCount": 1 },
                { "name": "SharedMap", "type": "collection", "operation": "intersection", "measurements": [ "flatten(teams[*].players.attributes[maps])" ], "minCount": 1 }
            ]
        }
        """;

    /// <summary>Everyone's choice is on everyone's list.</summary>
    public const string WantedOpponents = """
        {
            "name": "choosy",
            "ruleLanguageVersion": "1.0",
            "playerAttributes": [{ "name": "hero", "type": "string_list" }, { "name": "wanted", "type": "string_list" }],
            "teams": [{ "name": "all", "minPlayers": 5, "maxPlayers": 5 }],
            "rules": [{
                "name": "Wanted", "type": "collection", "operation": "reference_intersection_count",
                "measurements": ["flatten(teams[*].players.attributes[hero])"],
                "referenceValue": "set_intersection(flatten(teams[*].players.attributes[wanted]))",
                "minCount": 1
            }],
            "expansions": [{ "target": "rules[Wanted].minCount", "steps": [{ "waitTimeSeconds": 15, "value": 0 }] }]
        }
        """;

    /// <summary>Values of all players compared with each other.</summary>
    public const string Duel = """
        {
            "name": "",
            "ruleLanguageVersion": "1.0",
            "playerAttributes": [{ "name": "mode", "type": "string", "default": "turns" }, { "name": "map", "type": "number", "default": 1 }, { "name": "hero", "type": "number" }],
            "teams": [{ "name": "player", "minPlayers": 1, "maxPlayers": 1, "quantity": 2 }],
            "rules": [
                { "name": "SameMode", "type": "comparison", "operation": "=", "measurements": ["flatten(teams[*].players.attributes[mode])"] },
                { "name": "SameMap", "type": "comparison", "operation": "=", "measurements": ["flatten(teams[*].players.attributes[map])"] },
                { "name": "OtherHero", "type": "comparison", "operation": "!=", "measurements": ["flatten(teams[*].players.attributes[hero])"] }
            ]
        }
        """;

    /// <summary>A large match of one team. One expansion has its keys twice, as an example of FlexMatch's own has.</summary>
    public const string LargeFreeForAll = """
        {
            "name": "island",
            "ruleLanguageVersion": "1.0",
            "playerAttributes": [{ "name": "skill", "type": "number" }],
            "algorithm": { "balancedAttribute": "skill", "strategy": "balanced", "batchingPreference": "largestPopulation" },
            "teams": [{ "name": "All", "maxPlayers": 200, "minPlayers": 175 }],
            "rules": [{ "name": "low-latency", "type": "latency", "maxLatency": 150 }],
            "expansions": [{
                "target": "rules[low-latency].maxLatency",
                "steps": [{ "waitTimeSeconds": 12, "value": 200 }],
                "target": "teams[All].minPlayers",
                "steps": [{ "waitTimeSeconds": 10, "value": 150 }, { "waitTimeSeconds": 15, "value": 100 }]
            }]
        }
        """;

    /// <summary>A large match of many teams from one definition, which one expansion changes all.</summary>
    public const string LargeTeams = """
        {
            "name": "great_hunt",
            "ruleLanguageVersion": "1.0",
            "playerAttributes": [{ "name": "kills", "type": "number", "default": 5 }],
            "algorithm": { "balancedAttribute": "kills", "strategy": "balanced", "batchingPreference": "fastestRegion" },
            "teams": [{ "name": "Beasts", "maxPlayers": 5, "minPlayers": 5 }, { "name": "Hunters", "maxPlayers": 15, "minPlayers": 12, "quantity": 10 }],
            "rules": [{ "name": "catchall", "type": "latency", "maxLatency": 150 }],
            "expansions": [{ "target": "teams[Hunters].minPlayers", "steps": [{ "waitTimeSeconds": 15, "value": 10 }, { "waitTimeSeconds": 20, "value": 8 }] }]
        }
        """;

    /// <summary>A large match of players who are alike; a distance is written as a string.</summary>
    public const string LargeAlike = """
        {
            "name": "alike",
            "ruleLanguageVersion": "1.0",
            "playerAttributes": [{ "name": "league", "type": "number" }, { "name": "skill", "type": "number" }, { "name": "map", "type": "string" }],
            "algorithm": { "strategy": "balanced", "balancedAttribute": "skill", "batchingPreference": "fastestRegion" },
            "teams": [{ "name": "red", "minPlayers": 20, "maxPlayers": 25 }, { "name": "blue", "minPlayers": 20, "maxPlayers": 25 }],
            "rules": [
                { "name": "League", "type": "batchDistance", "batchAttribute": "league", "maxDistance": "2" },
                { "name": "Skill", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10 },
                { "name": "Map", "type": "batchDistance", "batchAttribute": "map" }
            ],
            "expansions": [{ "target": "rules[Skill].maxDistance", "steps": [{ "waitTimeSeconds": 10, "value": 20 }, { "waitTimeSeconds": 20, "value": 40 }] }]
        }
        """;

    /// <summary>Alike in strength or alike in choice; the balanced strategy with 40 players.</summary>
    public const string EitherOr = """
        {
            "ruleLanguageVersion": "1.0",
            "teams": [{ "name": "red", "minPlayers": 10, "maxPlayers": 20 }, { "name": "blue", "minPlayers": 10, "maxPlayers": 20 }],
            "algorithm": { "strategy": "balanced", "balancedAttribute": "skill", "batchingPreference": "fastestRegion" },
            "playerAttributes": [{ "name": "league", "type": "number" }, { "name": "skill", "type": "number" }, { "name": "map", "type": "string" }, { "name": "mode", "type": "string" }],
            "rules": [
                { "name": "NearLeague", "type": "distance", "measurements": ["max(flatten(teams[*].players.attributes[league]))"], "referenceValue": "min(flatten(teams[*].players.attributes[league]))", "maxDistance": 2 },
                { "name": "NearSkill", "type": "distance", "measurements": ["max(flatten(teams[*].players.attributes[skill]))"], "referenceValue": "min(flatten(teams[*].players.attributes[skill]))", "maxDistance": 10 },
                { "name": "SameMap", "type": "comparison", "operation": "=", "measurements": ["flatten(teams[*].players.attributes[map])"] },
                { "name": "SameMode", "type": "comparison", "operation": "=", "measurements": ["flatten(teams[*].players.attributes[mode])"] },
                { "name": "Either", "type": "compound", "statement": "or(and(SameMap, SameMode), and(NearSkill, NearLeague))" }
            ],
            "expansions": [{ "target": "rules[NearSkill].maxDistance", "steps": [{ "waitTimeSeconds": 10, "value": 20 }, { "waitTimeSeconds": 20, "value": 40 }] }]
        }
        """;

    /// <summary>Nobody meets whom they blocked; the measurement is no array.</summary>
    public const string BlockList = """
        {
            "name": "Block list",
            "ruleLanguageVersion": "1.0",
            "teams": [{ "maxPlayers": 2, "minPlayers": 2, "name": "red" }, { "maxPlayers": 2, "minPlayers": 2, "name": "blue" }],
            "playerAttributes": [{ "name": "Blocked", "type": "string_list", "default": [] }],
            "rules": [{
                "name": "NotBlocked", "type": "collection", "operation": "reference_intersection_count",
                "measurements": "flatten(teams[*].players.attributes[Blocked])", "referenceValue": "flatten(teams[*].players[playerId])", "maxCount": 0
            }]
        }
        """;

    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        [nameof(EvenTeams)] = EvenTeams,
        [nameof(OneAgainstFive)] = OneAgainstFive,
        [nameof(ThreeTeams)] = ThreeTeams,
        [nameof(Sorted)] = Sorted,
        [nameof(WantedOpponents)] = WantedOpponents,
        [nameof(Duel)] = Duel,
        [nameof(LargeFreeForAll)] = LargeFreeForAll,
        [nameof(LargeTeams)] = LargeTeams,
        [nameof(LargeAlike)] = LargeAlike,
        [nameof(EitherOr)] = EitherOr,
        [nameof(BlockList)] = BlockList,
    };
}
