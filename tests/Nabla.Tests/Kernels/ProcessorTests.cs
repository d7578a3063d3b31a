using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

public sealed class ProcessorTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_wish_the_best_is_used(string? wanted) => Assert.Equal(Processor.Best, Processor.Choose(wanted));

    [Theory]
    [InlineData("portable")]
    [InlineData("Portable")]
    [InlineData("PORTABLE")]
    public void A_wish_is_granted_in_any_case_of_letters(string wanted) => Assert.Equal(InstructionSet.Portable, Processor.Choose(wanted));

    [Theory]
    [InlineData("sse")]
    [InlineData("7")]
    [InlineData("0")]
    [InlineData("portable, avx2")]
    public void A_wish_that_names_no_instruction_set_is_refused(string wanted)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Processor.Choose(wanted));
        Assert.Equal($"NABLA_KERNELS is '{wanted}'; expected portable, avx2 or avx512. Unset it to use the best there is.", error.Message);
    }
}
