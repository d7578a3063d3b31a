using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>A convolution with windows of 3 × 3 that advance by one pixel, for one image, by <see cref="Winograd"/>'s transform.</summary>
/// <remarks>
/// <para>V holds Bᵀ·d·B: for each of 16 places a matrix with a row for each channel and a column for each tile of 2 × 2 results. U holds G·g·Gᵀ, for each place a matrix with a row for
/// each channel and a column for each filter. M = Uᵀ·V, by the micro-kernel of all products; each number of M is one chain of fused multiply-adds in the order of the
/// channels. Blocks of M go back through Aᵀ before they have left the near caches.</para>
/// <para>The image comes in four phases (<see cref="PaddedImageLayout"/> with a step of 2), so that what the tiles of a row need at one place lies side by side.</para>
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
    /// <param name="images">How the images lie that enter.</param>
    /// <param name="channels">How many channels they have.</param>
    /// <param name="filters">How many channels leave.</param>
    /// <param name="height">How many rows leave.</param>
    /// <param name="width">How many columns leave.</param>
    /// <param name="transposed">Whether the weights are those of the other direction: (channels, filters, 3, 3), to be turned by half a circle.</param>
    /// <param name="scratch">About how many numbers of V are looked at at a time; at least a block of tiles, and a row of them.</param>
    public WinogradProduct(PaddedImageLayout images, int channels, int filters, int height, int width, bool transposed, int scratch = ScratchForTiles)
    {
        (this.images, this.channels, this.filters, this.height, this.width, this.transposed) = (images, channels, filters, height, width, transposed);
        row = (filters + Line - 1) / Line * Line;
        across = Tiles(width);
        var fewest = (BlockWidth + across - 1) / across;         // rows that fill a block
        bands = new(Tiles(height), Math.Max(fewest, scratch / checked(Winograd.Places * channels * across)));
    }

    /// <inheritdoc/>
    public int PackedSize => checked((Winograd.Places + Winograd.Window * Winograd.Window) * channels * row);

    /// <inheritdoc/>
    public int ScratchSize => checked(Winograd.Places * Plane(channels, Columns((Tiles(height) + bands.Count - 1) / bands.Count * across)));

    /// <summary>How many tiles cover so many results.</summary>
    public static int Tiles(int size) => (size + Winograd.Tile - 1) / Winograd.Tile;

    /// <summary>How far apart the rows of V are: whole vectors, but not so that many rows share one place of a cache.</summary>
    public static int Columns(int tiles)
    {
        var columns = (tiles + Line - 1) / Line * Line;
        return columns % 256 == 0 ? columns + Line : columns;
    }

    /// <summary>How far apart the matrices of two places are: so that sixteen of them, written at once, do not share one place of a cache.</summary>
    public static int Plane(int rows, int columns)
    {
        const int apart = 64, period = 1024;            // numbers: four lines; and those after which the nearest cache begins anew
        var size = checked(rows * columns);
        return checked(size + (apart - size % period + period) % period);
    }

    /// <inheritdoc/>
    public void Pack(float* w, float* to)
    {
        const int window = Winograd.Window * Winograd.Window;
        var byWeight = to + (nint)Winograd.Places * channels * row;         // a row of filters for each weight
        if (transposed)
            for (var channel = 0; channel < channels; channel++)
                Panels.Pack(new(w + (nint)channel * filters * window, window, 1), filters, window, byWeight + (nint)channel * window * row, row);
        else
            Panels.Pack(new(w, channels * window, 1), filters, channels * window, byWeight, row);
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: Transform<Lanes512>(byWeight, to); break;
            case InstructionSet.Avx2: Transform<Lanes256>(byWeight, to); break;
            default: Transform<Lanes128>(byWeight, to); break;
        }
    }

    /// <inheritdoc/>
    public void Compute(float* packed, float* image, float* bias, float* c, float* scratch)
    {
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: Compute<Lanes512>(packed, image, bias, c, scratch); break;
            case InstructionSet.Avx2: Compute<Lanes256>(packed, image, bias, c, scratch); break;
            default: Compute<Lanes128>(packed, image, bias, c, scratch); break;
        }
    }

    /// <summary>U = G·g·Gᵀ, filters along the lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Transform<V>(float* byWeight, float* u) where V : struct, IVectorLanes<V>
    {
        var plane = (nint)channels * row;
        for (var channel = 0; channel < channels; channel++)
            for (var lane = 0; lane < row; lane += IVectorLanes<V>.Count)
            {
                var from = byWeight + (nint)channel * Winograd.Window * Winograd.Window * row + lane + (transposed ? 8 * row : 0);
                nint step = transposed ? -row : row;
                var (a0, a1, a2, a3) = Winograd.OfWeights(V.Load(from), V.Load(from + 3 * step), V.Load(from + 6 * step));
                var (b0, b1, b2, b3) = Winograd.OfWeights(V.Load(from + step), V.Load(from + 4 * step), V.Load(from + 7 * step));
                var (c0, c1, c2, c3) = Winograd.OfWeights(V.Load(from + 2 * step), V.Load(from + 5 * step), V.Load(from + 8 * step));
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
        var space = stackalloc float[(Winograd.Places + Winograd.Side) * MostFilters * BlockWidth + Line];
        var m = AlignedBuffer.Align(space);
        var results = m + Winograd.Places * MostFilters * BlockWidth;
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
                    for (var place = 0; place < Winograd.Places; place++)
                        GemmMicroKernel.Compute(
                            u + (nint)place * channels * row + filter, v + (nint)place * Plane(channels, columns) + column,
                            m + place * MostFilters * BlockWidth, null, strides, rows, count);
                    TransformBack<V>(m, results, bias == null ? null : bias + filter, rows, count);
                    Place<V>(results, c + (nint)filter * height * width, firstRow * across + column, rows, count);
                }
            }
        }
    }

    /// <summary>V = Bᵀ·d·B for some rows of tiles, tiles along the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void TransformImage<V>(float* image, float* v, int firstRow, int rows, int columns) where V : struct, IVectorLanes<V>
    {
        nint plane = Plane(channels, columns), right = images.At(0, 0, 1), below = images.At(0, 1, 0), right2 = images.At(0, 0, 2), below2 = images.At(0, 2, 0);
        for (var channel = 0; channel < channels; channel++)
            for (var tileRow = 0; tileRow < rows; tileRow++)
                for (var tile = 0; tile < across; tile += IVectorLanes<V>.Count)
                {
                    var mask = V.FirstN(Math.Min(IVectorLanes<V>.Count, across - tile));
                    var from = image + images.At(channel, Winograd.Tile * (firstRow + tileRow), Winograd.Tile * tile);
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
    private static (V, V, V, V) LoadColumn<V>(float* from, nint below, nint below2, V mask) where V : struct, IVectorLanes<V> =>
        Winograd.OfPixels(V.Load(from, mask), V.Load(from + below, mask), V.Load(from + below2, mask), V.Load(from + below + below2, mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow<V>(float* to, nint plane, (V, V, V, V) row, V mask) where V : struct, IVectorLanes<V>
    {
        V.Store(row.Item1, to, mask);
        V.Store(row.Item2, to + plane, mask);
        V.Store(row.Item3, to + 2 * plane, mask);
        V.Store(row.Item4, to + 3 * plane, mask);
    }

    /// <summary>Aᵀ·M·A for a block, and each filter's bias: for each filter two rows of results, twice as wide as the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void TransformBack<V>(float* m, float* results, float* bias, int rows, int count) where V : struct, IVectorLanes<V>
    {
        const int place = MostFilters * BlockWidth;
        for (var i = 0; i < rows; i++)
        {
            var b = V.Of(bias == null ? 0 : bias[i]);
            for (var lane = 0; lane < count; lane += IVectorLanes<V>.Count)
            {
                var from = m + i * BlockWidth + lane;
                var (a0, a1) = Winograd.ToResults(V.Load(from), V.Load(from + 4 * place), V.Load(from + 8 * place), V.Load(from + 12 * place));
                var (b0, b1) = Winograd.ToResults(V.Load(from + place), V.Load(from + 5 * place), V.Load(from + 9 * place), V.Load(from + 13 * place));
                var (c0, c1) = Winograd.ToResults(V.Load(from + 2 * place), V.Load(from + 6 * place), V.Load(from + 10 * place), V.Load(from + 14 * place));
                var (d0, d1) = Winograd.ToResults(V.Load(from + 3 * place), V.Load(from + 7 * place), V.Load(from + 11 * place), V.Load(from + 15 * place));
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

    /// <summary>Copies the results of tiles <paramref name="first"/> and on to where they belong. The vectors are read as they were written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Place<V>(float* results, float* c, int first, int rows, int count) where V : struct, IVectorLanes<V>
    {
        int tileRow = first / across, tile = first % across;
        nint step = (nint)height * width;
        for (var done = 0; done < count; tileRow++, done += across - tile, tile = 0)
        {
            int start = Winograd.Tile * done, end = Math.Min(start + width - Winograd.Tile * tile, Winograd.Tile * count);
            var to = c + (nint)Winograd.Tile * tileRow * width + Winograd.Tile * tile - start;
            var isLast = Winograd.Tile * tileRow + 1 == height;
            for (var lane = start / IVectorLanes<V>.Count * IVectorLanes<V>.Count; lane < end; lane += IVectorLanes<V>.Count)
            {
                var mask = V.Between(Math.Max(start - lane, 0), Math.Min(end - lane, IVectorLanes<V>.Count));
                float* from = results + lane, place = to + lane;
                for (var i = 0; i < rows; i++, from += Winograd.Side * BlockWidth, place += step)
                {
                    V.Store(V.Load(from), place, mask);
                    if (!isLast)
                        V.Store(V.Load(from + Winograd.Tile * BlockWidth), place + width, mask);
                }
            }
        }
    }
}
