using Nabla.Kernels;

namespace Nabla;

/// <summary>How this process computes, for all its networks. No setting changes a result by a single bit.</summary>
public static class Compute
{
    /// <summary>The number of threads that share the work of one kernel, including the calling one;
    /// by default, one for each processor.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not from 1 to 1024.</exception>
    public static int Threads
    {
        get => Workers.Threads;
        set => Workers.Threads = value;
    }

    /// <summary>The instruction set in use: the best one of this processor,
    /// unless the environment variable NABLA_KERNELS names another.</summary>
    public static string InstructionSet => Processor.Current switch
    {
        Kernels.InstructionSet.Avx512 => "AVX-512",
        Kernels.InstructionSet.Avx2 => "AVX2",
        _ => "128-bit vectors",
    };
}
