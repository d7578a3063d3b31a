using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>One row of a block: two sets of lanes, one, or part of one.</summary>
internal unsafe struct TileRow<V, TWidth> where V : struct, ILanes<V> where TWidth : struct, INumber
{
    private V left, right;

    /// <summary>this ← this + a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(float a, in TileRow<V, TWidth> b)
    {
        var spread = V.Of(a);
        left = V.MultiplyAdd(spread, b.left, left);
        if (TWidth.Value == 2)
            right = V.MultiplyAdd(spread, b.right, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* from, V marked)
    {
        left = TWidth.Value == Marked.Value ? V.Load(from, marked) : V.Load(from);
        if (TWidth.Value == 2)
            right = V.Load(from + ILanes<V>.Count);
    }

    /// <summary>−0 becomes 0, all else stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddZero()
    {
        left += default(V);
        if (TWidth.Value == 2)
            right += default(V);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* to, in TileRow<V, TWidth> plus, V marked)
    {
        if (TWidth.Value == Marked.Value)
            V.Store(left + plus.left, to, marked);
        else
            V.Store(left + plus.left, to);
        if (TWidth.Value == 2)
            V.Store(right + plus.right, to + ILanes<V>.Count);
    }
}
