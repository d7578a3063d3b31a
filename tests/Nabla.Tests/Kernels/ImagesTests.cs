using Nabla.Data;
using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

[Collection(Machine.Name)]
public sealed class ImagesTests : MachineTests
{
    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void Bytes_become_floats_times_a_scale(string instructionSet)
    {
        Use(instructionSet);
        foreach (var size in (ReadOnlySpan<int>)[.. TestNumbers.AwkwardSizes, 256, 784])
        {
            byte[] pixels = [.. Enumerable.Range(0, size).Select(i => (byte)(i * 37 + (i >> 8)))];
            var y = new Guarded(size);
            Images.Scale(pixels, y.Values, 1 / 255f);
            TestNumbers.AssertSameBits([.. pixels.Select(p => p * (1 / 255f))], y.Values, $"{size} pixels");
            y.AssertIntact($"{size} pixels");
        }
    }

    [Theory]
    [MemberData(nameof(Machine.InstructionSets), MemberType = typeof(Machine))]
    public void White_is_exactly_one(string instructionSet)
    {
        Use(instructionSet);
        byte[] pixels = [.. Enumerable.Repeat((byte)255, 17)];
        var y = new float[17];
        Images.Scale(pixels, y, ImageSize.PixelScale);
        Assert.All(y, value => Assert.Equal(1f, value));
    }
}
