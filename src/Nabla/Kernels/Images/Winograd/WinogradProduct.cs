using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>
/// A convolution with windows of 3 × 3 that advance by one pixel, for one image, by <see cref="Winograd"/>'s transform.
/// </summary>
/// <remarks>
/// <para>V holds Bᵀ·d·B: for each of 16 positions a matrix with a row for each channel and a column for each tile of
/// 2 × 2 results. U holds G·g·Gᵀ: for each position a matrix with a row for each channel and a column for each filter.
/// M = Uᵀ·V, by the micro-kernel of all products; each element of M is one chain of fused multiply-adds in the order of
/// the channels. Blocks of M are transformed back by Aᵀ while they are still in the near caches.</para>
/// <para>The image is stored in four phases (<see cref="PaddedImageLayout"/> with a step of 2), so that what the tiles
/// of a row need at one position lies side by side.</para>
/// </remarks>
internal sealed unsafe class WinogradProduct : IImageProduct
{
    private const int MostFilters = 12, BlockWidth = 32, Line = 16;
    private const int ScratchForTiles = 1 << 17;           // half a megabyte

    private readonly PaddedImageLayout images;
    private readonly int channels, filters, height, width, row, across;
    private readonly bool transposed;
    private readonly EvenPartition bands;                   // of rows of tiles

    /// <summary>Takes the geometry.</summary>
    /// <param name="images">The layout of the images that enter.</param>
    /// <param name="channels">The number of their channels.</param>
    /// <param name="filters">The number of channels that leave.</param>
    /// <param name="height">The number of rows that leave.</param>
    /// <param name="width">The number of columns that leave.</param>
    /// <param name="transposed">
    /// Whether the weights are those of the other direction: (channels, filters, 3, 3), to be rotated by 180°.
    /// </param>
    /// <param name="scratch">
    /// About how many elements of V are computed at a time; at least a block of tiles, and a row of them.
    /// </param>
    public WinogradProduct(
        PaddedImageLayout images, int channels, int filters, int height, int width, bool transposed,
        int scratch = ScratchForTiles)
    {
        (this.images, this.channels, this.filters) = (images, channels, filters);
        (this.height, this.width, this.transposed) = (height, width, transposed);
        row = (filters + Line - 1) / Line * Line;
        across = Tiles(width);
        var fewest = (BlockWidth + across - 1) / across;         // rows that fill a block
        bands = new(Tiles(height), Math.Max(fewest, scratch / checked(Winograd.Positions * channels * across)));
    }

    /// <inheritdoc/>
    public int PackedSize => checked((Winograd.Positions + Winograd.Window * Winograd.Window) * channels * row);

    /// <inheritdoc/>
    public int ScratchSize
    {
        get
        {
            var tiles = (Tiles(height) + bands.Count - 1) / bands.Count * across;
            return checked(Winograd.Positions * Plane(channels, Columns(tiles)));
        }
    }

    /// <summary>The number of tiles that cover <paramref name="size"/> results.</summary>
    public static int Tiles(int size) => (size + Winograd.Tile - 1) / Winograd.Tile;

    /// <summary>
    /// The distance between rows of V: whole vectors, but not so that many rows share one set of a cache.
    /// </summary>
    public static int Columns(int tiles)
    {
        var columns = (tiles + Line - 1) / Line * Line;
        return columns % 256 == 0 ? columns + Line : columns;
    }

    /// <summary>
    /// The distance between the matrices of two positions: such that sixteen of them, written at the same time, do not
    /// share one set of a cache.
    /// </summary>
    public static int Plane(int rows, int columns)
    {
        const int apart = 64, period = 1024;            // elements: four cache lines; and 4 KB, after which sets repeat
        var size = checked(rows * columns);
        return checked(size + (apart - size % period + period) % period);
    }

    /// <inheritdoc/>
    public void Pack(float* w, float* to)
    {
        const int window = Winograd.Window * Winograd.Window;
        var byWeight = to + (nint)Winograd.Positions * channels * row;      // a row of filters for each weight
        if (transposed)
            for (var channel = 0; channel < channels; channel++)
                Panels.Pack(
                    new(w + (nint)channel * filters * window, window, 1), filters, window,
                    byWeight + (nint)channel * window * row, row);
        else
            Panels.Pack(new(w, channels * window, 1), filters, channels * window, byWeight, row);
        Dispatch.Run(new TransformOf(this, byWeight, to));
    }

    private readonly struct TransformOf(WinogradProduct whole, float* byWeight, float* u) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => whole.Transform<V>(byWeight, u);
    }

    /// <inheritdoc/>
    public void Compute(float* packed, float* image, float* bias, float* c, float* scratch)
    {
        Dispatch.Run(new ImageProduct(this, packed, image, bias, c, scratch));
    }

    private readonly struct ImageProduct(
        WinogradProduct whole, float* packed, float* image, float* bias, float* c, float* scratch) : IForLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => whole.Compute<V>(packed, image, bias, c, scratch);
    }

    /// <summary>U = G·g·Gᵀ, filters along the lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Transform<V>(float* byWeight, float* u) where V : struct, IVectorLanes<V>
    {
        var plane = (nint)channels * row;
        for (var channel = 0; channel < channels; channel++)
            for (var lane = 0; lane < row; lane += IVectorLanes<V>.Count)
            {
                var from = byWeight + (nint)channel * Winograd.Window * Winograd.Window * row + lane;
                if (transposed)
                    from += 8 * row;                    // rotated by 180°: from the last weight to the first
                nint step = transposed ? -row : row;
                var (a0, a1, a2, a3) = Winograd.OfWeights(
                    V.Load(from), V.Load(from + 3 * step), V.Load(from + 6 * step));
                var (b0, b1, b2, b3) = Winograd.OfWeights(
                    V.Load(from + step), V.Load(from + 4 * step), V.Load(from + 7 * step));
                var (c0, c1, c2, c3) = Winograd.OfWeights(
                    V.Load(from + 2 * step), V.Load(from + 5 * step), V.Load(from + 8 * step));
                var to = u + (nint)channel * row + lane;
                StoreRow(to, plane, Winograd.OfWeights(a0, b0, c0));
                StoreRow(to + 4 * plane, plane, Winograd.OfWeights(a1, b1, c1));
                StoreRow(to + 8 * plane, plane, Winograd.OfWeights(a2, b2, c2));
                StoreRow(to + 12 * plane, plane, Winograd.OfWeights(a3, b3, c3));
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<V>(float* to, nint plane, (V, V, V, V) row) where V : struct, IVectorLanes<V>
    {
        V.Store(row.Item1, to);
        V.Store(row.Item2, to + plane);
        V.Store(row.Item3, to + 2 * plane);
        V.Store(row.Item4, to + 3 * plane);
    }

    [SkipLocalsInit]
    private void Compute<V>(float* u, float* image, float* bias, float* c, float* v) where V : struct, IVectorLanes<V>
    {
        var heights = new EvenPartition(filters, GemmMicroKernel.MostRows);
        var space = stackalloc float[(Winograd.Positions + Winograd.Side) * MostFilters * BlockWidth + Line];
        var m = AlignedBuffer.Align(space);
        var results = m + Winograd.Positions * MostFilters * BlockWidth;
        for (var band = 0; band < bands.Count; band++)
        {
            int firstRow = bands.Start(band), tiles = bands.Length(band) * across, columns = Columns(tiles);
            TransformImage<V>(image, v, firstRow, bands.Length(band), columns);
            for (var column = 0; column < tiles; column += GemmMicroKernel.MostColumns)
            {
                var count = Math.Min(GemmMicroKernel.MostColumns, tiles - column);
                for (var part = 0; part < heights.Count; part++)
                {
                    int filter = heights.Start(part), rows = heights.Length(part);
                    var strides = new GemmMicroKernel.Strides(1, row, columns, BlockWidth, channels, adds: false);
                    for (var position = 0; position < Winograd.Positions; position++)
                        GemmMicroKernel.Compute(
                            u + (nint)position * channels * row + filter,
                            v + (nint)position * Plane(channels, columns) + column,
                            m + position * MostFilters * BlockWidth, null, strides, rows, count);
                    TransformBack<V>(m, results, bias == null ? null : bias + filter, rows, count);
                    Place<V>(results, c + (nint)filter * height * width, firstRow * across + column, rows, count);
                }
            }
        }
    }

    /// <summary>V = Bᵀ·d·B for some rows of tiles, tiles along the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void TransformImage<V>(float* image, float* v, int firstRow, int rows, int columns)
        where V : struct, IVectorLanes<V>
    {
        nint plane = Plane(channels, columns);
        nint right = images.At(0, 0, 1), below = images.At(0, 1, 0);
        nint right2 = images.At(0, 0, 2), below2 = images.At(0, 2, 0);
        for (var channel = 0; channel < channels; channel++)
            for (var tileRow = 0; tileRow < rows; tileRow++)
                for (var tile = 0; tile < across; tile += IVectorLanes<V>.Count)
                {
                    var mask = V.FirstN(Math.Min(IVectorLanes<V>.Count, across - tile));
                    var from = image
                        + images.At(channel, Winograd.Tile * (firstRow + tileRow), Winograd.Tile * tile);
                    var (a0, a1, a2, a3) = LoadColumn(from, below, below2, mask);
                    var (b0, b1, b2, b3) = LoadColumn(from + right, below, below2, mask);
                    var (c0, c1, c2, c3) = LoadColumn(from + right2, below, below2, mask);
                    var (d0, d1, d2, d3) = LoadColumn(from + right + right2, below, below2, mask);
                    var to = v + (nint)channel * columns + tileRow * across + tile;
                    StoreRow(to, plane, Winograd.OfPixels(a0, b0, c0, d0), mask);
                    StoreRow(to + 4 * plane, plane, Winograd.OfPixels(a1, b1, c1, d1), mask);
                    StoreRow(to + 8 * plane, plane, Winograd.OfPixels(a2, b2, c2, d2), mask);
                    StoreRow(to + 12 * plane, plane, Winograd.OfPixels(a3, b3, c3, d3), mask);
                }
    }

    /// <summary>Bᵀ of one column of each tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (V, V, V, V) LoadColumn<V>(float* from, nint below, nint below2, V mask)
        where V : struct, IVectorLanes<V> =>
        Winograd.OfPixels(
            V.Load(from, mask), V.Load(from + below, mask),
            V.Load(from + below2, mask), V.Load(from + below + below2, mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<V>(float* to, nint plane, (V, V, V, V) row, V mask) where V : struct, IVectorLanes<V>
    {
        V.Store(row.Item1, to, mask);
        V.Store(row.Item2, to + plane, mask);
        V.Store(row.Item3, to + 2 * plane, mask);
        V.Store(row.Item4, to + 3 * plane, mask);
    }

    /// <summary>
    /// Aᵀ·M·A for a block, plus each filter's bias: for each filter two rows of results, twice as wide as the block.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void TransformBack<V>(float* m, float* results, float* bias, int rows, int count)
        where V : struct, IVectorLanes<V>
    {
        const int step = MostFilters * BlockWidth;      // from a position to the next
        for (var i = 0; i < rows; i++)
        {
            var b = V.Of(bias == null ? 0 : bias[i]);
            for (var lane = 0; lane < count; lane += IVectorLanes<V>.Count)
            {
                var from = m + i * BlockWidth + lane;
                var (a0, a1) = Winograd.ToResults(
                    V.Load(from), V.Load(from + 4 * step), V.Load(from + 8 * step), V.Load(from + 12 * step));
                var (b0, b1) = Winograd.ToResults(
                    V.Load(from + step), V.Load(from + 5 * step), V.Load(from + 9 * step), V.Load(from + 13 * step));
                var (c0, c1) = Winograd.ToResults(
                    V.Load(from + 2 * step), V.Load(from + 6 * step),
                    V.Load(from + 10 * step), V.Load(from + 14 * step));
                var (d0, d1) = Winograd.ToResults(
                    V.Load(from + 3 * step), V.Load(from + 7 * step),
                    V.Load(from + 11 * step), V.Load(from + 15 * step));
                var (left, right) = Winograd.ToResults(a0, b0, c0, d0);
                var to = results + i * Winograd.Side * BlockWidth + Winograd.Tile * lane;
                StorePairs(left + b, right + b, to);
                (left, right) = Winograd.ToResults(a1, b1, c1, d1);
                StorePairs(left + b, right + b, to + Winograd.Tile * BlockWidth);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePairs<V>(V left, V right, float* to) where V : struct, IVectorLanes<V>
    {
        V.Store(V.InterleaveLow(left, right), to);
        V.Store(V.InterleaveHigh(left, right), to + IVectorLanes<V>.Count);
    }

    /// <summary>
    /// Copies the results of the tiles from <paramref name="first"/> on to where they belong. The vectors are read as
    /// they were written.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Place<V>(float* results, float* c, int first, int rows, int count) where V : struct, IVectorLanes<V>
    {
        int tileRow = first / across, tile = first % across;
        nint step = (nint)height * width;
        for (var done = 0; done < count; tileRow++, done += across - tile, tile = 0)
        {
            var start = Winograd.Tile * done;
            var end = Math.Min(start + width - Winograd.Tile * tile, Winograd.Tile * count);
            var to = c + (nint)Winograd.Tile * tileRow * width + Winograd.Tile * tile - start;
            var isLast = Winograd.Tile * tileRow + 1 == height;
            var lane = start / IVectorLanes<V>.Count * IVectorLanes<V>.Count;
            for (; lane < end; lane += IVectorLanes<V>.Count)
            {
                var mask = V.Between(Math.Max(start - lane, 0), Math.Min(end - lane, IVectorLanes<V>.Count));
                float* from = results + lane, target = to + lane;
                for (var i = 0; i < rows; i++, from += Winograd.Side * BlockWidth, target += step)
                {
                    V.Store(V.Load(from), target, mask);
                    if (!isLast)
                        V.Store(V.Load(from + Winograd.Tile * BlockWidth), target + width, mask);
                }
            }
        }
    }
}
