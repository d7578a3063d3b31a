using System.Text.Json;
using Nabla.Data;
using Nabla.Kernels;

namespace Nabla.Tests.Data;

/// <summary>
/// Compares resampling and displacement fields with what PyTorch computes in float64
/// (<c>tests/golden/make_augmentation.py</c>).
/// </summary>
public sealed class AugmentationGoldenTests
{
    private static readonly Lazy<JsonElement> file = new(() =>
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "golden", "augmentation.json"));
        return JsonDocument.Parse(stream).RootElement;
    });

    [Fact]
    public void Images_are_resampled_as_PyTorch_does()
    {
        foreach (var example in file.Value.GetProperty("resample").EnumerateArray())
        {
            int height = example.GetProperty("height").GetInt32(), width = example.GetProperty("width").GetInt32();
            double[] map = Numbers(example, "map"), expected = Numbers(example, "result");
            float[] dx = Floats(example, "dx"), dy = Floats(example, "dy"), row = new float[width];
            var source = new BorderedImage(height, width, background: 0);
            source.Set([.. Numbers(example, "image").Select(pixel => (byte)pixel)]);
            for (var y = 0; y < height; y++)
            {
                var range = (y * width)..((y + 1) * width);
                var origin = new RowOrigin(
                    (float)(map[1] * y + map[2]), (float)map[0], (float)(map[4] * y + map[5]), (float)map[3]);
                Resampling.Row(source, origin, dx[range], dy[range], row, 1);
                for (var x = 0; x < width; x++)
                    Assert.Equal(expected[y * width + x], row[x], 5e-4);            // of 255: positions are float32
            }
        }
    }

    [Fact]
    public void Displacements_are_convolved_as_PyTorch_does()
    {
        foreach (var example in file.Value.GetProperty("elastic").EnumerateArray())
        {
            int height = example.GetProperty("height").GetInt32(), width = example.GetProperty("width").GetInt32();
            double sigma = example.GetProperty("sigma").GetDouble(), alpha = example.GetProperty("alpha").GetDouble();
            var elastic = new RandomElastic(sigma, alpha);
            var field = new DisplacementField(elastic, new(height, width));
            var buffers = field.NewBuffers();
            var noise = Floats(example, "noise");
            Assert.Equal(noise.Length, buffers.Noise.Values.Length);
            noise.CopyTo(buffers.Noise.Values);
            field.Smooth(buffers);
            double[] dx = Numbers(example, "dx"), dy = Numbers(example, "dy");
            for (var i = 0; i < height * width; i++)
            {
                Assert.Equal(dx[i], buffers.Dx.Values[i], 1e-6 * elastic.Alpha);
                Assert.Equal(dy[i], buffers.Dy.Values[i], 1e-6 * elastic.Alpha);
            }
        }
    }

    private static double[] Numbers(JsonElement example, string name) =>
        [.. example.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];

    private static float[] Floats(JsonElement example, string name) =>
        [.. Numbers(example, name).Select(n => (float)n)];
}
