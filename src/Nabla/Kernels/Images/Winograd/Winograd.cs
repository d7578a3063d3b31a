using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// Winograd's minimal filtering F(2 × 2, 3 × 3): four neighbouring results of a window of 3 × 3 with 16 multiplications
/// instead of 36.
/// </summary>
/// <remarks>
/// <para>For two results of a window of three in one direction, from four pixels d and three weights g:</para>
/// <para>y₀ = m₀ + m₁ + m₂, y₁ = m₁ − m₂ + m₃, where m₀ = (d₀ − d₂)·g₀, m₁ = (d₁ + d₂)·(g₀ + g₁ + g₂)/2,
/// m₂ = (d₂ − d₁)·(g₀ − g₁ + g₂)/2, m₃ = (d₃ − d₁)·g₂.</para>
/// <para>Or Y = Aᵀ[(G·g) ⊙ (Bᵀ·d)]. In two directions, Y = Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]·A. The sum over channels may be
/// taken before Aᵀ, so that the products are those of 16 small matrices, one for each position of ⊙. Each step is
/// linear, and the backward pass uses the transposed steps: ∂C/∂g = Gᵀ[Σ (Bᵀ·d·B) ⊙ (A·δ·Aᵀ)]·G.</para>
/// <para>Winograd, <i>Arithmetic Complexity of Computations</i>, 1980; Lavin and Gray, “Fast Algorithms for
/// Convolutional Neural Networks”, 2016, section 4.1. Our m₃ and its term in y₁ both have the opposite sign, which
/// saves A a minus.</para>
/// </remarks>
internal static class Winograd
{
    /// <summary>The number of positions of ⊙: 4 × 4.</summary>
    public const int Positions = 16;

    /// <summary>The side of a tile of results, of the window, and of the square of pixels that they need.</summary>
    public const int Tile = 2, Window = 3, Side = 4;

    /// <summary>The fewest channels and filters, and positions along a side, that are worth a transform.</summary>
    private const int FewestChannels = 16, FewestPositions = 8;

    /// <summary>
    /// The most windows, channels × filters. With more, the transformed weights would not stay in the caches.
    /// </summary>
    private const int MostWindows = 128 * 128;

    /// <summary>
    /// Whether a convolution is computed by this transform. That changes bits, so it depends on the sizes alone.
    /// </summary>
    public static bool Suits(ConvolutionSizes sizes) =>
        sizes is
        {
            Kernel: Window, Stride: 1, Dilation: 1, Groups: 1, Padding: < Window,
            Channels: >= FewestChannels, Filters: >= FewestChannels,
            OutputHeight: >= FewestPositions, OutputWidth: >= FewestPositions,
        } && (long)sizes.Channels * sizes.Filters <= MostWindows;

    /// <summary>Bᵀ·d in one direction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V, V, V, V) OfPixels<V>(V d0, V d1, V d2, V d3) where V : struct, IVectorLanes<V> =>
        (d0 - d2, d1 + d2, d2 - d1, d3 - d1);

    /// <summary>Row <paramref name="row"/> of Bᵀ·d, from the two rows of d in <see cref="PixelRows"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V OfPixels<V>(int row, V first, V second) where V : struct, IVectorLanes<V> =>
        row == 1 ? first + second : first - second;

    /// <summary>The rows of d that row <paramref name="row"/> of Bᵀ·d needs.</summary>
    public static (int First, int Second) PixelRows(int row) => row switch
    {
        0 => (0, 2),
        1 => (1, 2),
        2 => (2, 1),
        _ => (3, 1),
    };

    /// <summary>G·g in one direction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V, V, V, V) OfWeights<V>(V g0, V g1, V g2) where V : struct, IVectorLanes<V>
    {
        V outer = 0.5f * (g0 + g2), inner = 0.5f * g1;
        return (g0, outer + inner, outer - inner, g2);
    }

    /// <summary>Gᵀ·u in one direction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V, V, V) ToWeights<V>(V u0, V u1, V u2, V u3) where V : struct, IVectorLanes<V>
    {
        V half = 0.5f * (u1 + u2), difference = 0.5f * (u1 - u2);
        return (u0 + half, difference, half + u3);
    }

    /// <summary>Aᵀ·m in one direction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (V, V) ToResults<V>(V m0, V m1, V m2, V m3) where V : struct, IVectorLanes<V> =>
        (m0 + m1 + m2, m1 - m2 + m3);

    /// <summary>Row <paramref name="row"/> of A·δ in one direction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V OfDerivatives<V>(int row, V d0, V d1) where V : struct, IVectorLanes<V> => row switch
    {
        0 => d0,
        1 => d0 + d1,
        2 => d0 - d1,
        _ => d1,
    };
}
