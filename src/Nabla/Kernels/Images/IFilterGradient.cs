namespace Nabla.Kernels;

/// <summary>
/// ∂C/∂W of a convolution, from transposed derivatives: a row of all filters for each position of the window.
/// </summary>
internal unsafe interface IFilterGradient
{
    /// <summary>The number of elements of the sums, scratch included.</summary>
    public int SumsSize { get; }

    /// <summary>Begins the sums with some examples, or continues them with more.</summary>
    public void Add(float* images, int imageSize, float* transposed, float* sums, int examples, bool isFirst);

    /// <summary>Writes ∂C/∂W (filters, channels, k, k).</summary>
    public void Finish(float* sums, float* dW);
}
