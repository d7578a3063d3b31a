using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>A kernel that is written once for any lanes. Its arguments are the fields of the struct.</summary>
internal interface IForLanes
{
    /// <summary>Runs the kernel on lanes of type <typeparamref name="V"/>.</summary>
    public void Run<V>() where V : struct, IVectorLanes<V>;
}

/// <summary>The same, for a kernel that returns a result.</summary>
internal interface IForLanes<TResult>
{
    /// <inheritdoc cref="IForLanes.Run"/>
    public TResult Run<V>() where V : struct, IVectorLanes<V>;
}

/// <summary>
/// The one place where the instruction set decides which code runs: dynamic dispatch, as Highway calls it. A new
/// instruction set is one more line in each method.
/// </summary>
/// <remarks>
/// These methods are inlined, and so should be <c>Run</c> of a kernel, which only calls a method that is compiled on
/// its own for each type of lanes. Then the struct never exists in memory: its fields stay in registers, and what is
/// left is a comparison and a call.
/// </remarks>
internal static class Dispatch
{
    /// <summary>Runs a kernel on the lanes of the instruction set in use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TKernel>(in TKernel kernel) where TKernel : struct, IForLanes, allows ref struct
    {
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: kernel.Run<Lanes512>(); break;
            case InstructionSet.Avx2: kernel.Run<Lanes256>(); break;
            default: kernel.Run<Lanes128>(); break;
        }
    }

    /// <summary>Runs a kernel on the lanes of the instruction set in use, and returns its result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TResult Run<TKernel, TResult>(in TKernel kernel)
        where TKernel : struct, IForLanes<TResult>, allows ref struct => Processor.Current switch
        {
            InstructionSet.Avx512 => kernel.Run<Lanes512>(),
            InstructionSet.Avx2 => kernel.Run<Lanes256>(),
            _ => kernel.Run<Lanes128>(),
        };

    /// <summary>
    /// The value for the instruction set in use, such as the height of a tile, which depends on the number of
    /// registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Choose<T>(T avx512, T avx2, T portable) => Processor.Current switch
    {
        InstructionSet.Avx512 => avx512,
        InstructionSet.Avx2 => avx2,
        _ => portable,
    };
}
