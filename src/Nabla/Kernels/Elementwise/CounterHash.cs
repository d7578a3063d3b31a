using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// Random numbers that depend only on a key and an index, not on the numbers before. So sixteen are computed at once,
/// threads may share the work, and the same numbers can be computed again from the key.
/// </summary>
/// <remarks>
/// The idea is that of Salmon, Moraes, Dror and Shaw, <i>Parallel random numbers: as easy as 1, 2, 3</i> (2011), with a
/// shorter hash than theirs, which is enough to decide what dropout leaves out: h = mix(mix(index ⊕ lower half of the
/// key) ⊕ upper half), where mix is Wellons' lowbias32 (<i>Prospecting for hash functions</i>, 2018): x ⊕= x ≫ 16,
/// x ·= 7FEB352D, x ⊕= x ≫ 15, x ·= 846CA68B, x ⊕= x ≫ 16. Under one key, no two of the 2³² indices have the same h.
/// </remarks>
internal static class CounterHash
{
    /// <summary>
    /// For sixteen indices, from <paramref name="index"/> on: the upper 24 bits of h, each an integer from 0 to 2²⁴ −
    /// 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(ulong key, uint index) where V : struct, IVectorLanes<V> =>
        V.Upper24Bits(Mix(V.XorBits(Mix(V.XorBits(V.CountFrom(index), (uint)key)), (uint)(key >> 32))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Mix<V>(V x) where V : struct, IVectorLanes<V>
    {
        x = V.MultiplyBits(V.XorShifted(x, 16), 0x7FEB352D);
        x = V.MultiplyBits(V.XorShifted(x, 15), 0x846CA68B);
        return V.XorShifted(x, 16);
    }
}
