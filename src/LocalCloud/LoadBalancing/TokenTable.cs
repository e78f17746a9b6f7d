using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>Which server each routing token leads to. Read without a lock by the data path.</summary>
internal sealed class TokenTable
{
    private readonly ConcurrentDictionary<byte[], RelayTarget> _targets = new(new TokenComparer());
    private readonly ConcurrentDictionary<byte[], RelayTarget>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;
    private readonly int _tokensMax;

    public TokenTable(int tokenLength = 16, int tokensMax = 100_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokenLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokensMax, 1);
        TokenLength = tokenLength;
        _tokensMax = tokensMax;
        _bySpan = _targets.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Bytes of a token; every token of the table has this length.</summary>
    public int TokenLength { get; }

    public int Count => _targets.Count;

    /// <summary>Lets a token lead to a server, from the next datagram on.</summary>
    /// <exception cref="ArgumentException">The token has another length.</exception>
    /// <exception cref="InvalidOperationException">The table is full.</exception>
    public void Set(ReadOnlySpan<byte> token, IPEndPoint server)
    {
        if (token.Length != TokenLength)
            throw new ArgumentException($"The routing token has {token.Length} bytes; this load balancer reads tokens of {TokenLength}.", nameof(token));
        if (!_bySpan.ContainsKey(token) && _targets.Count >= _tokensMax)
        {
            throw new InvalidOperationException(
                $"The load balancer has {_tokensMax} routing tokens; remove those of ended sessions, or raise {nameof(LoadBalancerOptions.TokensMax)}.");
        }

        _bySpan[token] = new RelayTarget(server);
    }

    /// <summary>Forgets a token.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(ReadOnlySpan<byte> token) => _bySpan.TryRemove(token, out _);

    public RelayTarget? Find(ReadOnlySpan<byte> token) => _bySpan.TryGetValue(token, out var target) ? target : null;

    private sealed class TokenComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
