namespace Nabla.Kernels;

/// <summary>∂C/∂W of a convolution, from derivatives that are turned: a row of all filters for each place of the window.</summary>
internal unsafe interface IFilterGradient
{
    /// <summary>How many numbers are needed to sum.</summary>
    public int SumsSize { get; }

    /// <summary>Begins the sums with some examples, or goes on with more.</summary>
    public void Add(float* images, int imageSize, float* transposed, float* sums, int examples, bool isFirst);

    /// <summary>Writes ∂C/∂W (filters, channels, k, k).</summary>
    public void Finish(float* sums, float* dW);
}
