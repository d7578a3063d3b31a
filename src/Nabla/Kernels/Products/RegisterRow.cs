using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>One row of a tile in registers: two vectors of sixteen lanes, one, or part of one.</summary>
internal unsafe struct RegisterRow<V, TWidth> where V : struct, IVectorLanes<V> where TWidth : struct, IConstantInt
{
    private V left, right;

    /// <summary>this ← this + a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(float a, in RegisterRow<V, TWidth> b)
    {
        var broadcast = V.Of(a);
        left = V.MultiplyAdd(broadcast, b.left, left);
        if (TWidth.Value == 2)
            right = V.MultiplyAdd(broadcast, b.right, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* from, V mask)
    {
        left = TWidth.Value == Masked.Value ? V.Load(from, mask) : V.Load(from);
        if (TWidth.Value == 2)
            right = V.Load(from + IVectorLanes<V>.Count);
    }

    /// <summary>Turns −0 into 0 and leaves all other values as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddZero()
    {
        left += default(V);
        if (TWidth.Value == 2)
            right += default(V);
    }

    /// <summary>Adds the epilogue, the bias or 0, and stores the row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* to, in RegisterRow<V, TWidth> epilogue, V mask)
    {
        if (TWidth.Value == Masked.Value)
            V.Store(left + epilogue.left, to, mask);
        else
            V.Store(left + epilogue.left, to);
        if (TWidth.Value == 2)
            V.Store(right + epilogue.right, to + IVectorLanes<V>.Count);
    }
}
