namespace Nabla.Data;

/// <summary>Separates the ink on a picture from the paper.</summary>
internal static class InkExtractor
{
    private const float LeastContrast = 0.08f;          // of full scale, between ink and paper
    private const float Faintest = 0.15f;               // of the ink's strength: anything weaker is not ink

    /// <summary>The median of the pixels at the border, 0 to 255.</summary>
    public static int BorderLevel(ReadOnlySpan<byte> pixels, ImageSize size)
    {
        var picture = GreyImage.From(pixels, size);
        return (int)(255 * Median([.. picture.Border(1).Select(point => picture[point.Y, point.X])]));
    }

    /// <summary>Returns the ink alone, from 0 (no ink) to 1, and whether it was darker than the paper.</summary>
    /// <exception cref="InvalidDataException">There is no ink.</exception>
    public static (GreyImage Ink, bool DarkOnLight) Remove(GreyImage picture)
    {
        var (light, noise) = Light(picture);
        float[] above = [.. picture.Values.Select((value, i) => value - light(i / picture.Width, i % picture.Width))];
        var bright = above.Sum(value => value > 0 ? (double)value * value : 0);
        var dark = above.Sum(value => value < 0 ? (double)value * value : 0);
        var darkOnLight = dark > bright;
        float[] strength = [.. above.Select(value => MathF.Max(0, darkOnLight ? -value : value))];

        var threshold = Threshold(strength);
        float[] inked = [.. strength.Where(value => value > threshold).Order()];
        var full = inked.Length == 0 ? 0 : inked[inked.Length * 3 / 4];
        if (full < LeastContrast || full < 6 * noise)
            throw new InvalidDataException(
                "There is nothing on the picture: it is all of one shade. A digit that stands out clearly is needed.");
        var least = MathF.Max(Faintest * full, 3 * noise);
        float[] ink = [.. strength.Select(value => Math.Clamp((value - least) / (full - least), 0, 1))];
        return (new GreyImage(ink, picture.Height, picture.Width), darkOnLight);
    }

    /// <summary>
    /// Estimates how bright the paper would be at each pixel without ink: a plane through the pixels along the
    /// border. It is fitted by least squares several times, each time without the pixels that lie far from the
    /// previous plane, such as ink that reaches the border. Also returns the noise of the remaining pixels.
    /// </summary>
    private static (Func<int, int, float> At, float Noise) Light(GreyImage picture)
    {
        (int Y, int X)[] border = [.. picture.Border(Math.Max(1, Math.Min(picture.Height, picture.Width) / 20))];
        float level = Median([.. border.Select(p => picture[p.Y, p.X])]), slopeY = 0, slopeX = 0, noise = 0;
        float At(int y, int x) => level + slopeY * (y - picture.Height / 2f) + slopeX * (x - picture.Width / 2f);
        for (var round = 0; round < 4; round++)
        {
            float[] distances = [.. border.Select(p => MathF.Abs(picture[p.Y, p.X] - At(p.Y, p.X)))];
            noise = 1.48f * Median([.. distances]);                 // the standard deviation, if it is normal
            var near = 2.5f * noise + 0.02f;
            (int Y, int X)[] paper = [.. border.Where((_, i) => distances[i] <= near)];
            double meanY = paper.Average(p => (double)p.Y), meanX = paper.Average(p => (double)p.X);
            var mean = paper.Average(p => (double)picture[p.Y, p.X]);
            double yy = 0, xx = 0, yx = 0, yv = 0, xv = 0;
            foreach (var (py, px) in paper)
            {
                double dy = py - meanY, dx = px - meanX, dv = picture[py, px] - mean;
                (yy, xx, yx, yv, xv) = (yy + dy * dy, xx + dx * dx, yx + dy * dx, yv + dy * dv, xv + dx * dv);
            }
            var determinant = yy * xx - yx * yx;
            if (determinant > 1e-6 * yy * xx)
                (slopeY, slopeX) = (
                    (float)((yv * xx - xv * yx) / determinant),
                    (float)((xv * yy - yv * yx) / determinant));
            level = (float)(mean + slopeY * (picture.Height / 2.0 - meanY) + slopeX * (picture.Width / 2.0 - meanX));
        }
        return (At, noise);
    }

    /// <summary>The threshold that splits the values into two groups,
    /// each as uniform as possible (Otsu, 1979).</summary>
    private static float Threshold(float[] values)
    {
        var histogram = new int[256];
        foreach (var value in values)
            histogram[(int)Math.Clamp(255 * value, 0, 255)]++;
        var all = Enumerable.Range(0, 256).Sum(level => (double)level * histogram[level]);
        double below = 0, sumBelow = 0, best = -1;
        var threshold = 0;
        for (var level = 0; level < 255; level++)
        {
            below += histogram[level];
            sumBelow += (double)level * histogram[level];
            var above = values.Length - below;
            if (below == 0 || above == 0)
                continue;
            var difference = sumBelow / below - (all - sumBelow) / above;
            if (below * above * difference * difference > best)
                (best, threshold) = (below * above * difference * difference, level);
        }
        return (threshold + 1) / 255f;
    }

    private static float Median(float[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
