namespace Nabla.Data;

/// <summary>A grey-scale picture in floating point, 0 to 1.</summary>
internal sealed class GreyImage(float[] values, int height, int width)
{
    private const double ThinnestLine = 0.06;           // of the box that the ink fits into
    private const double GoodLine = 0.085;              // of that box; MNIST's median is 0.09
    private const float LeastPart = 0.05f;              // of the heaviest connected piece: a lighter one is a speck

    public float[] Values => values;

    public int Height => height;

    public int Width => width;

    public float this[int y, int x] => values[y * width + x];

    public static GreyImage From(ReadOnlySpan<byte> pixels, ImageSize size)
    {
        var values = new float[pixels.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = pixels[i] / 255f;
        return new(values, size.Height, size.Width);
    }

    /// <summary>The pixels that are less than <paramref name="depth"/> from the border.</summary>
    public IEnumerable<(int Y, int X)> Border(int depth)
    {
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                if (y < depth || x < depth || y >= height - depth || x >= width - depth)
                    yield return (y, x);
    }

    /// <summary>Resamples the picture: each new pixel is the mean over the square that it covers.
    /// Outside, this picture is 0, or does not count.</summary>
    /// <param name="top">Where the first row begins, in pixels of this picture.</param>
    /// <param name="left">Where the first column begins.</param>
    /// <param name="step">The side of the square.</param>
    /// <param name="newHeight">The number of rows to make.</param>
    /// <param name="newWidth">The number of columns to make.</param>
    /// <param name="insideAlone">Whether to average only over the part of the square inside this picture;
    /// every square must have such a part.</param>
    public GreyImage Resample(
        double top, double left, double step, int newHeight, int newWidth, bool insideAlone = false)
    {
        var result = new float[newHeight * newWidth];
        for (var row = 0; row < newHeight; row++)
            for (var column = 0; column < newWidth; column++)
            {
                double y = top + row * step, x = left + column * step, sum = 0;
                for (var i = Math.Max(0, (int)Math.Floor(y)); i < Math.Min(height, y + step); i++)
                    for (var j = Math.Max(0, (int)Math.Floor(x)); j < Math.Min(width, x + step); j++)
                        sum += Overlap(i, y, step) * Overlap(j, x, step) * this[i, j];
                var area = insideAlone ? Inside(y, step, height) * Inside(x, step, width) : step * step;
                result[row * newWidth + column] = (float)(sum / area);
            }
        return new(result, newHeight, newWidth);
    }

    /// <summary>The smallest box that contains all ink.</summary>
    public (int Top, int Left, int Bottom, int Right) Box()
    {
        int top = height, left = width, bottom = 0, right = 0;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                if (this[y, x] > 0)
                {
                    (top, left) = (Math.Min(top, y), Math.Min(left, x));
                    (bottom, right) = (Math.Max(bottom, y + 1), Math.Max(right, x + 1));
                }
        return (top, left, bottom, right);
    }

    public (double Y, double X) CentreOfMass()
    {
        double mass = 0, sumY = 0, sumX = 0;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                (mass, sumY, sumX) = (mass + this[y, x], sumY + this[y, x] * (y + 0.5), sumX + this[y, x] * (x + 0.5));
        return (sumY / mass, sumX / mass);
    }

    /// <summary>Removes the pieces that are much lighter than the heaviest one.
    /// Pixels that touch, even at a corner, are one piece.</summary>
    public GreyImage WithoutSpecks()
    {
        var piece = new int[values.Length];
        List<float> masses = [0];
        var open = new Stack<int>();
        for (var start = 0; start < values.Length; start++)
        {
            if (values[start] <= 0 || piece[start] > 0)
                continue;
            var mass = 0f;
            piece[start] = masses.Count;
            for (open.Push(start); open.TryPop(out var at);)
            {
                mass += values[at];
                foreach (var next in Neighbours(at))
                    if (values[next] > 0 && piece[next] == 0)
                    {
                        piece[next] = masses.Count;
                        open.Push(next);
                    }
            }
            masses.Add(mass);
        }
        var least = LeastPart * masses.Max();
        return new([.. values.Select((value, i) => masses[piece[i]] < least ? 0 : value)], height, width);
    }

    /// <summary>Makes the lines thick enough to be seen when the box becomes 20 pixels.
    /// Returns this picture itself if they are.</summary>
    public GreyImage Thickened()
    {
        var (top, left, bottom, right) = Box();
        var box = Math.Max(bottom - top, right - left);
        int area = 0, edge = 0;
        for (var i = 0; i < values.Length; i++)
            if (values[i] > 0.5f)
            {
                area++;
                edge += 4 - Sides(i).Count(side => values[side] > 0.5f);
            }
        var line = 2.0 * area / Math.Max(edge, 1);      // a line of length l and thickness t: area l·t, edge 2·l
        var radius = (int)Math.Round((GoodLine * box - line) / 2);
        return line >= ThinnestLine * box || radius < 1 ? this : Dilated(radius);
    }

    /// <summary>Makes each pixel the brightest within the radius.
    /// The picture grows by the radius on each side.</summary>
    private GreyImage Dilated(int radius)
    {
        int newHeight = height + 2 * radius, newWidth = width + 2 * radius;
        var result = new float[newHeight * newWidth];
        for (var i = 0; i < values.Length; i++)
            for (var dy = values[i] > 0 ? -radius : radius + 1; dy <= radius; dy++)
                for (var dx = -radius; dx <= radius; dx++)
                    if (dy * dy + dx * dx <= radius * radius)
                    {
                        ref var at = ref result[(i / width + radius + dy) * newWidth + i % width + radius + dx];
                        at = MathF.Max(at, values[i]);
                    }
        return new(result, newHeight, newWidth);
    }

    private IEnumerable<int> Neighbours(int i) =>
        from y in Enumerable.Range(i / width - 1, 3)
        from x in Enumerable.Range(i % width - 1, 3)
        where y >= 0 && y < height && x >= 0 && x < width
        select y * width + x;

    private IEnumerable<int> Sides(int i) =>
        Neighbours(i).Where(n => Math.Abs(n / width - i / width) + Math.Abs(n % width - i % width) == 1);

    private static double Inside(double from, double length, int side) =>
        Math.Min(side, from + length) - Math.Max(0, from);

    private static double Overlap(int pixel, double from, double length) =>
        Math.Min(pixel + 1, from + length) - Math.Max(pixel, from);
}
