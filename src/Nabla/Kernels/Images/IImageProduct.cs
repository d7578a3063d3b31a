namespace Nabla.Kernels;

/// <summary>The products of a convolution for one image: Y from X, or ∂C/∂X from ∂C/∂Y.</summary>
internal unsafe interface IImageProduct
{
    /// <summary>How many numbers <see cref="Pack"/> writes.</summary>
    public int PackedSize { get; }

    /// <summary>How many numbers <see cref="Compute"/> wants room for.</summary>
    public int ScratchSize { get; }

    /// <summary>Copies the weights as <see cref="Compute"/> wants them.</summary>
    public void Pack(float* w, float* to);

    /// <summary>Computes all results of one image with its border; <paramref name="bias"/>, if not null, has a number for each channel that leaves.</summary>
    public void Compute(float* packed, float* image, float* bias, float* c, float* scratch);
}
