using System.Runtime.CompilerServices;
using Nabla.Formulas;

namespace Nabla.Kernels;

/// <summary>
/// Random numbers that depend on a key and on a place alone, not on the numbers before: so sixteen are computed at once, threads may share
/// them, and whoever knows the key can compute them again.
/// </summary>
/// <remarks>
/// The idea is that of Salmon, Moraes, Dror and Shaw, <i>Parallel random numbers: as easy as 1, 2, 3</i> (2011), with a shorter hash than
/// theirs, enough to decide what is left out of a network: h = mix(mix(place ⊕ lower half of the key) ⊕ upper half), where mix is Wellons'
/// lowbias32 (<i>Prospecting for hash functions</i>, 2018): x ⊕= x ≫ 16, x ·= 7FEB352D, x ⊕= x ≫ 15, x ·= 846CA68B, x ⊕= x ≫ 16. Under one key
/// no two of the 2³² places have the same h.
/// </remarks>
internal static class CounterHash
{
    /// <summary>For sixteen places, from <paramref name="place"/> on: the upper 24 bits of h, each a whole number from 0 to 2²⁴ − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(ulong key, uint place) where V : struct, ILanes<V> =>
        V.Upper24Bits(Mix(V.XorBits(Mix(V.XorBits(V.CountFrom(place), (uint)key)), (uint)(key >> 32))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Mix<V>(V x) where V : struct, ILanes<V>
    {
        x = V.MultiplyBits(V.XorShifted(x, 16), 0x7FEB352D);
        x = V.MultiplyBits(V.XorShifted(x, 15), 0x846CA68B);
        return V.XorShifted(x, 16);
    }
}
