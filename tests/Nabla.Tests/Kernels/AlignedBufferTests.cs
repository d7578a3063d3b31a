using System.Runtime.CompilerServices;
using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

public sealed class AlignedBufferTests
{
    [Fact]
    public unsafe void Large_arrays_start_at_a_cache_line_and_hold_zeros()
    {
        for (var count = 0; count < 2000; count += 7)
        {
            var numbers = AlignedBuffer.Allocate(count, out var offset);
            Assert.True(
                offset >= 0 && numbers.Length - offset >= count,
                $"{count} values do not fit after {offset} of {numbers.Length}.");
            Assert.All(numbers, number => Assert.Equal(0, number));
            if (count >= 256)
                Assert.Equal(0u, (nuint)Unsafe.AsPointer(ref numbers[offset]) % 64);
        }
    }
}
