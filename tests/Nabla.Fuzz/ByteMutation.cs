using System.Buffers.Binary;

namespace Nabla.Fuzz;

/// <summary>
/// Changes bytes without knowing their meaning, and puts in numbers that are likely to break a reader.
/// </summary>
internal static class ByteMutation
{
    private static readonly ulong[] edges =
    [
        0, 1, 2, 3, 4, 7, 8, 9, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000,
        0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue, 99_999_999,
        100_000_000, 100_000_001, 10_000, 65_000, 2_147_483_591,
    ];

    /// <summary>A number at or near the limit of some type.</summary>
    public static ulong Edge(RandomGenerator random) =>
        edges[random.NextInt(edges.Length)] + (ulong)(random.NextInt(4) == 0 ? random.NextInt(5) - 2 : 0);

    /// <summary>One change: bits flipped, bytes set, cut, added or repeated, or a number put in.</summary>
    public static byte[] Of(byte[] input, RandomGenerator random)
    {
        if (input.Length == 0)
            return [(byte)random.NextInt(256)];
        var at = random.NextInt(random.NextInt(2) == 0 ? input.Length : Math.Min(input.Length, 40));
        var count = Math.Min(1 + random.NextInt(random.NextInt(2) == 0 ? 8 : 100), input.Length - at);
        byte[] before = input[..at], rest = input[at..];
        switch (random.NextInt(8))
        {
            case 0:
                rest[0] ^= (byte)(1 << random.NextInt(8));
                break;
            case 1:
                rest[0] = (byte)random.NextInt(256);
                break;
            case 2:
                return [.. before, .. rest[count..]];
            case 3:
                return before;
            case 4:
                return [.. before, (byte)random.NextInt(256), .. rest];
            case 5:
                return [.. before, .. rest[..count], .. rest];
            case 6:
                rest.AsSpan(0, count).Fill((byte)(random.NextInt(2) == 0 ? 0 : 255));
                break;
            default:
                var width = random.NextInt(3) switch { 0 => 2, 1 => 4, _ => 8 };
                return Put(input, at, width, bigEndian: random.NextInt(2) == 0, random);
        }
        return [.. before, .. rest];
    }

    /// <summary>Replaces a number of <paramref name="width"/> bytes with one at the limit of some type.</summary>
    public static byte[] Put(byte[] input, int at, int width, bool bigEndian, RandomGenerator random)
    {
        Span<byte> number = stackalloc byte[8];
        if (bigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(number, Edge(random));
        else
            BinaryPrimitives.WriteUInt64LittleEndian(number, Edge(random));
        byte[] changed = [.. input];
        var target = changed.AsSpan(Math.Min(at, changed.Length));
        number = bigEndian ? number[^width..] : number[..width];
        number[..Math.Min(width, target.Length)].CopyTo(target);
        return changed;
    }
}
