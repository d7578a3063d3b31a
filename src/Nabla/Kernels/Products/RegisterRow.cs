using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>One row of a block: two sets of lanes, one, or part of one.</summary>
internal unsafe struct RegisterRow<V, TWidth> where V : struct, IVectorLanes<V> where TWidth : struct, IConstantInt
{
    private V left, right;

    /// <summary>this ← this + a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(float a, in RegisterRow<V, TWidth> b)
    {
        var spread = V.Of(a);
        left = V.MultiplyAdd(spread, b.left, left);
        if (TWidth.Value == 2)
            right = V.MultiplyAdd(spread, b.right, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* from, V mask)
    {
        left = TWidth.Value == Masked.Value ? V.Load(from, mask) : V.Load(from);
        if (TWidth.Value == 2)
            right = V.Load(from + IVectorLanes<V>.Count);
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
    public readonly void Store(float* to, in RegisterRow<V, TWidth> plus, V mask)
    {
        if (TWidth.Value == Masked.Value)
            V.Store(left + plus.left, to, mask);
        else
            V.Store(left + plus.left, to);
        if (TWidth.Value == 2)
            V.Store(right + plus.right, to + IVectorLanes<V>.Count);
    }
}
