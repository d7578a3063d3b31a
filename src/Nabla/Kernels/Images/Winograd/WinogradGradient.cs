using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// ∂C/∂W of a convolution with windows of 3 × 3 that advance by one pixel: the backward pass through
/// <see cref="Winograd"/>'s transform.
/// </summary>
/// <remarks>
/// For each of 16 positions, ∂C/∂U = V·D: V (channels × tiles) is that of the forward pass, D (tiles × filters) is
/// A·δ·Aᵀ with the filters along the lanes. Each result is one chain of fused multiply-adds, example by example, tile
/// by tile. A row of four positions needs two rows of the pixels and two of δ, and nothing of the other positions. So
/// the work is divided into rows of positions and strips of filters, and each thread transforms what it multiplies.
/// </remarks>
internal sealed unsafe class WinogradGradient : IFilterGradient
{
    private const int Line = 16, MostStrips = 4, StripWidth = 32;
    private const int ScratchForTiles = 1 << 16;           // a quarter of a megabyte

    private readonly PaddedImageLayout images;
    private readonly int channels, filters, height, width, row, across;
    private readonly EvenPartition bands;                   // of rows of tiles
    private readonly float[] zeros = GC.AllocateArray<float>(Line, pinned: true);    // read beyond the edge

    /// <summary>Takes the geometry of one convolution.</summary>
    /// <param name="images">The layout of the images.</param>
    /// <param name="channels">The number of their channels.</param>
    /// <param name="filters">The number of channels that leave.</param>
    /// <param name="height">The number of rows that leave.</param>
    /// <param name="width">The number of columns that leave.</param>
    /// <param name="scratch">
    /// About how many elements of V and D are computed at a time; at least a row of tiles.
    /// </param>
    public WinogradGradient(
        PaddedImageLayout images, int channels, int filters, int height, int width, int scratch = ScratchForTiles)
    {
        (this.images, this.channels, this.filters) = (images, channels, filters);
        (this.height, this.width) = (height, width);
        row = (filters + Line - 1) / Line * Line;
        across = WinogradProduct.Tiles(width);
        var rowOfTiles = checked(Winograd.Side * (channels + row) * across);
        bands = new(WinogradProduct.Tiles(height), Math.Max(1, scratch / rowOfTiles));
        SumsSize = checked(ScratchStart + Winograd.Side * MostStrips * ScratchSize);
    }

    /// <inheritdoc/>
    public int SumsSize { get; }

    /// <inheritdoc/>
    public void Add(float* images, int imageSize, float* transposed, float* sums, int examples, bool isFirst)
    {
        var most = Math.Clamp(Workers.Threads / 2, 1, MostStrips);      // with four rows, two parts for each thread
        var strips = new EvenPartition(row / Line, Math.Max(StripWidth / Line, (row / Line + most - 1) / most));
        Workers.Run(
            new Parts(this, images, imageSize, transposed, sums, examples, isFirst, strips),
            Winograd.Side * strips.Count);
    }

    /// <inheritdoc/>
    public void Finish(float* sums, float* dW)
    {
        var byWeight = sums + (nint)Winograd.Positions * channels * row;    // a row of filters for each weight
        Dispatch.Run(new ToWeightsOf(this, sums, byWeight));
        var weights = channels * Winograd.Window * Winograd.Window;
        Panels.Pack(new(byWeight, row, 1), weights, filters, dW, weights);
    }

    private readonly struct ToWeightsOf(WinogradGradient whole, float* sums, float* byWeight) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => whole.ToWeights<V>(sums, byWeight);
    }

    /// <summary>The index in the sums after which V and D are stored.</summary>
    private int ScratchStart => checked((Winograd.Positions + Winograd.Window * Winograd.Window) * channels * row);

    /// <summary>The number of elements of V and D of a band.</summary>
    private int ScratchSize
    {
        get
        {
            var tiles = (WinogradProduct.Tiles(height) + bands.Count - 1) / bands.Count * across;
            return checked(Winograd.Side * (channels * WinogradProduct.Columns(tiles) + row * tiles));
        }
    }

    /// <summary>Gᵀ·(∂C/∂U)·G, filters along the lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void ToWeights<V>(float* sums, float* byWeight) where V : struct, IVectorLanes<V>
    {
        var plane = (nint)channels * row;
        for (var channel = 0; channel < channels; channel++)
            for (var lane = 0; lane < row; lane += IVectorLanes<V>.Count)
            {
                var from = sums + (nint)channel * row + lane;
                var to = byWeight + (nint)channel * Winograd.Window * Winograd.Window * row + lane;
                var (a0, a1, a2) = LoadColumn<V>(from, 4 * plane);
                var (b0, b1, b2) = LoadColumn<V>(from + plane, 4 * plane);
                var (c0, c1, c2) = LoadColumn<V>(from + 2 * plane, 4 * plane);
                var (d0, d1, d2) = LoadColumn<V>(from + 3 * plane, 4 * plane);
                StoreRow(to, Winograd.ToWeights(a0, b0, c0, d0));
                StoreRow(to + 3 * row, Winograd.ToWeights(a1, b1, c1, d1));
                StoreRow(to + 6 * row, Winograd.ToWeights(a2, b2, c2, d2));
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V, V, V) LoadColumn<V>(float* from, nint step) where V : struct, IVectorLanes<V> =>
        Winograd.ToWeights(V.Load(from), V.Load(from + step), V.Load(from + 2 * step), V.Load(from + 3 * step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StoreRow<V>(float* to, (V, V, V) weights) where V : struct, IVectorLanes<V>
    {
        V.Store(weights.Item1, to);
        V.Store(weights.Item2, to + row);
        V.Store(weights.Item3, to + 2 * row);
    }

    /// <summary>Each part is one row of positions, for one strip of filters.</summary>
    private readonly struct Parts(
        WinogradGradient whole, float* images, int imageSize, float* transposed, float* sums, int examples,
        bool isFirst, EvenPartition strips) : IParts
    {
        public void Run(int index)
        {
            int positionRow = index / strips.Count, first = strips.Start(index % strips.Count) * Line;
            var strip = strips.Length(index % strips.Count) * Line;
            var v = sums + whole.ScratchStart + (nint)index * whole.ScratchSize;
            for (var example = 0; example < examples; example++)
                for (var band = 0; band < whole.bands.Count; band++)
                {
                    var work = new Band(
                        images + (nint)example * imageSize,
                        transposed + (nint)example * whole.height * whole.width * whole.filters,
                        whole.bands.Start(band), whole.bands.Length(band), first, strip, positionRow);
                    Dispatch.Run(new TransformOf(whole, work, v));
                    whole.Multiply(work, v, sums, adds: !isFirst || example > 0 || band > 0);
                }
        }
    }

    private readonly struct TransformOf(WinogradGradient whole, Band work, float* v) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => whole.Transform<V>(work, v);
    }

    /// <summary>Some rows of tiles of one example, for one row of positions and one strip of filters.</summary>
    private readonly struct Band(
        float* image, float* transposed, int firstRow, int rows, int first, int strip, int positionRow)
    {
        public readonly float* Image = image, Transposed = transposed;
        public readonly int FirstRow = firstRow, Rows = rows, First = first, Strip = strip, PositionRow = positionRow;
    }

    private void Transform<V>(in Band band, float* v) where V : struct, IVectorLanes<V>
    {
        var columns = WinogradProduct.Columns(band.Rows * across);
        TransformImage<V>(band, v, columns);
        TransformDerivatives<V>(band, v + (nint)Winograd.Side * channels * columns);
    }

    /// <summary>∂C/∂U of one row of positions.</summary>
    private void Multiply(in Band band, float* v, float* sums, bool adds)
    {
        int tiles = band.Rows * across, columns = WinogradProduct.Columns(tiles);
        var count = Math.Min(band.Strip, filters - band.First);
        var d = v + (nint)Winograd.Side * channels * columns;
        var heights = new EvenPartition(channels, GemmMicroKernel.MostRows);
        var strides = new GemmMicroKernel.Strides(columns, 1, band.Strip, row, tiles, adds);
        for (var column = 0; column < Winograd.Side; column++)
        {
            var position = (nint)band.PositionRow * Winograd.Side + column;
            for (var done = 0; done < count; done += GemmMicroKernel.MostColumns)
                for (var part = 0; part < heights.Count; part++)
                    GemmMicroKernel.Compute(
                        v + ((nint)column * channels + heights.Start(part)) * columns,
                        d + (nint)column * tiles * band.Strip + done,
                        sums + (position * channels + heights.Start(part)) * row + band.First + done,
                        null, strides, heights.Length(part), Math.Min(GemmMicroKernel.MostColumns, count - done));
        }
    }

    /// <summary>One row of Bᵀ·d·B, tiles along the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void TransformImage<V>(in Band band, float* v, int columns) where V : struct, IVectorLanes<V>
    {
        var (above, below) = Winograd.PixelRows(band.PositionRow);
        nint plane = (nint)channels * columns, other = images.At(0, below, 0) - images.At(0, above, 0);
        nint right = images.At(0, 0, 1), right2 = images.At(0, 0, 2);
        for (var channel = 0; channel < channels; channel++)
            for (var tileRow = 0; tileRow < band.Rows; tileRow++)
                for (var tile = 0; tile < across; tile += IVectorLanes<V>.Count)
                {
                    var mask = V.FirstN(Math.Min(IVectorLanes<V>.Count, across - tile));
                    var from = band.Image
                        + images.At(channel, Winograd.Tile * (band.FirstRow + tileRow) + above, Winograd.Tile * tile);
                    var a = Winograd.OfPixels(band.PositionRow, V.Load(from, mask), V.Load(from + other, mask));
                    var b = Winograd.OfPixels(
                        band.PositionRow, V.Load(from + right, mask), V.Load(from + right + other, mask));
                    from += right2;
                    var c = Winograd.OfPixels(band.PositionRow, V.Load(from, mask), V.Load(from + other, mask));
                    var d = Winograd.OfPixels(
                        band.PositionRow, V.Load(from + right, mask), V.Load(from + right + other, mask));
                    var (v0, v1, v2, v3) = Winograd.OfPixels(a, b, c, d);
                    var to = v + (nint)channel * columns + tileRow * across + tile;
                    V.Store(v0, to, mask);
                    V.Store(v1, to + plane, mask);
                    V.Store(v2, to + 2 * plane, mask);
                    V.Store(v3, to + 3 * plane, mask);
                }
    }

    /// <summary>One row of A·δ·Aᵀ, filters along the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void TransformDerivatives<V>(in Band band, float* d) where V : struct, IVectorLanes<V>
    {
        nint plane = (nint)band.Rows * across * band.Strip;
        float* to = d, nothing = (float*)Unsafe.AsPointer(ref zeros[0]);
        for (var tileRow = 0; tileRow < band.Rows; tileRow++)
            for (var tile = 0; tile < across; tile++)
            {
                int y = Winograd.Tile * (band.FirstRow + tileRow), x = Winograd.Tile * tile;
                var from = band.Transposed + ((nint)y * width + x) * filters;
                bool hasBelow = y + 1 < height, hasRight = x + 1 < width;
                for (var lane = 0; lane < band.Strip; lane += IVectorLanes<V>.Count, to += IVectorLanes<V>.Count)
                {
                    var filter = band.First + lane;
                    var mask = V.FirstN(Math.Min(IVectorLanes<V>.Count, filters - filter));
                    float* a = from + filter, b = hasRight ? a + filters : nothing;
                    var below = hasBelow ? a + (nint)width * filters : nothing;
                    var left = Winograd.OfDerivatives(band.PositionRow, V.Load(a, mask), V.Load(below, mask));
                    var belowRight = hasBelow && hasRight ? below + filters : nothing;
                    var right = Winograd.OfDerivatives(band.PositionRow, V.Load(b, mask), V.Load(belowRight, mask));
                    V.Store(left, to);
                    V.Store(left + right, to + plane);
                    V.Store(left - right, to + 2 * plane);
                    V.Store(right, to + 3 * plane);
                }
            }
    }
}
