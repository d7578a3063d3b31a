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

    /// <summary>To see it work where the best is AVX-512, run the tests with DOTNET_EnableAVX512=0, or with DOTNET_EnableAVX2=0.</summary>
    [Fact]
    public void The_tests_use_every_instruction_set_that_the_processor_has_and_no_other() => Assert.Equal(
        ["Portable", .. Processor.Best >= InstructionSet.Avx2 ? ["Avx2"] : (string[])[], .. Processor.Best >= InstructionSet.Avx512 ? ["Avx512"] : (string[])[]],
        Machine.InstructionSets.Select(row => row.Data));

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
