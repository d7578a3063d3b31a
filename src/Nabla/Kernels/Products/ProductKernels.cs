using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>One way to compute a product. A struct, so that the compiler generates separate code for each.</summary>
internal interface IProductKernel
{
    /// <summary>
    /// Whether this kernel can compute the product, and is faster than all that come after it in
    /// <see cref="ProductKernels"/>. Those before it have been refused already.
    /// </summary>
    public static abstract bool Suits(in ProductOperands o);

    /// <summary>Computes all of C, which has at least one element.</summary>
    public static abstract void Compute(in ProductOperands o);
}

/// <summary>Something that is done with each product kernel.</summary>
internal interface IProductKernelVisitor
{
    /// <summary>Visits one kernel, and returns whether it was the last one to visit.</summary>
    public bool Visit<TKernel>() where TKernel : struct, IProductKernel;
}

/// <summary>
/// The product kernels, in order: the first one that suits computes the product. To remove a kernel, delete its file
/// and its row here.
/// </summary>
/// <remarks>
/// The first three sum in sixteen lanes, the others in one chain (<see cref="ProductOperands.SumsInLanes"/>). Within
/// one order of summing, all give the same bits, so the choice is a matter of speed alone. The README of the kernels
/// has a table of the same rows, with the reasons.
/// </remarks>
internal static class ProductKernels
{
    /// <summary>Visits the kernels in order, up to the first whose visit returns true.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Visit<TVisitor>(ref TVisitor visitor)
        where TVisitor : struct, IProductKernelVisitor, allows ref struct => _ =
            visitor.Visit<SparseInnerProduct>()
            || visitor.Visit<VectorProduct>()
            || visitor.Visit<InnerProduct>()
            || visitor.Visit<SparseGradient>()
            || visitor.Visit<SparseProduct>()
            || visitor.Visit<DirectProduct>()
            || visitor.Visit<SinglePanelProduct>()
            || visitor.Visit<PackedProduct>();
}
