using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// C = A·B where all of B fits into one small panel on the stack: B is packed there, so that its rows are in order, and
/// A is read as it lies in memory.
/// </summary>
internal readonly unsafe struct SinglePanelProduct : IProductKernel
{
    private const int MostElements = 1 << 10;

    /// <inheritdoc/>
    public static bool Suits(in ProductOperands o) => (long)o.Columns * o.Depth <= MostElements;

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Compute(in ProductOperands o)
    {
        var panel = stackalloc float[MostElements];
        var b = o.Right;
        Panels.Pack(new(b.Start, b.Column, b.Row), o.Columns, o.Depth, panel, o.Columns);
        DirectProduct.Compute(
            new(o.A, o.ATransposed, panel, bTransposed: false, o.Bias, o.C, o.Rows, o.Columns, o.Depth));
    }
}
