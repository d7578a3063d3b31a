using System.Runtime.Intrinsics.X86;

namespace Nabla.Kernels;

/// <summary>The instruction sets that the kernels are written for. All give the same bits.</summary>
internal enum InstructionSet
{
    /// <summary>128-bit vectors, on any processor.</summary>
    Portable,

    /// <summary>AVX2 with fused multiply-add.</summary>
    Avx2,

    /// <summary>AVX-512.</summary>
    Avx512,
}

/// <summary>
/// Which instruction set the kernels use: the best there is, unless <c>NABLA_KERNELS</c> names another.
/// </summary>
internal static class Processor
{
    /// <summary>The variable that forces one: <c>portable</c>, <c>avx2</c> or <c>avx512</c>.</summary>
    public const string Variable = "NABLA_KERNELS";

    /// <summary>The best one that this processor has.</summary>
    public static InstructionSet Best { get; } =
        Avx512F.IsSupported ? InstructionSet.Avx512 :
        Avx2.IsSupported && Fma.IsSupported ? InstructionSet.Avx2 :
        InstructionSet.Portable;

    /// <summary>The one in use. Only tests change it while the program runs.</summary>
    public static InstructionSet Current { get; set; } = Choose(Environment.GetEnvironmentVariable(Variable));

    internal static InstructionSet Choose(string? wanted)
    {
        if (string.IsNullOrEmpty(wanted))
            return Best;
        var set = wanted.ToLowerInvariant() switch
        {
            "portable" => InstructionSet.Portable,
            "avx2" => InstructionSet.Avx2,
            "avx512" => InstructionSet.Avx512,
            _ => throw new InvalidOperationException(
                $"{Variable} is '{wanted}'; expected portable, avx2 or avx512. Unset it to use the best there is."),
        };
        return set <= Best ? set : throw new InvalidOperationException(
            $"{Variable} is '{wanted}', which this processor does not have. The best it has is {Best}.");
    }
}
