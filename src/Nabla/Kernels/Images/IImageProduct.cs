namespace Nabla.Kernels;

/// <summary>The products of a convolution for one image: Y from X, or ∂C/∂X from ∂C/∂Y.</summary>
internal unsafe interface IImageProduct
{
    /// <summary>The number of elements that <see cref="Pack"/> writes.</summary>
    public int PackedSize { get; }

    /// <summary>The number of scratch elements that <see cref="Compute"/> needs.</summary>
    public int ScratchSize { get; }

    /// <summary>Copies the weights in the order in which <see cref="Compute"/> reads them.</summary>
    public void Pack(float* w, float* to);

    /// <summary>
    /// Computes all results of one image with its border. <paramref name="bias"/>, if not null, has an element for each
    /// channel that leaves.
    /// </summary>
    public void Compute(float* packed, float* image, float* bias, float* c, float* scratch);
}
