using Nabla.Kernels;

namespace Nabla.Tests.Kernels;

public sealed class ProcessorTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void The_best_set_is_used_unless_another_is_named(string? wanted) =>
        Assert.Equal(Processor.Best, Processor.Choose(wanted));

    [Theory]
    [InlineData("portable")]
    [InlineData("Portable")]
    [InlineData("PORTABLE")]
    public void A_named_set_is_used_whatever_the_case_of_its_letters(string wanted) =>
        Assert.Equal(InstructionSet.Portable, Processor.Choose(wanted));

    /// <summary>
    /// On a processor with AVX-512, run the tests also with DOTNET_EnableAVX512=0 and with DOTNET_EnableAVX2=0.
    /// </summary>
    [Fact]
    public void The_tests_use_every_instruction_set_that_the_processor_has_and_no_other()
    {
        string[] avx2 = Processor.Best >= InstructionSet.Avx2 ? ["Avx2"] : [];
        string[] avx512 = Processor.Best >= InstructionSet.Avx512 ? ["Avx512"] : [];
        Assert.Equal(["Portable", .. avx2, .. avx512], Machine.InstructionSets.Select(row => row.Data));
    }

    [Theory]
    [InlineData("sse")]
    [InlineData("7")]
    [InlineData("0")]
    [InlineData("portable, avx2")]
    public void A_name_that_is_not_an_instruction_set_is_refused(string wanted)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Processor.Choose(wanted));
        Assert.Equal(
            $"NABLA_KERNELS is '{wanted}'; expected portable, avx2 or avx512. Unset it to use the best there is.",
            error.Message);
    }
}
