using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>Arrays whose elements start at a cache line.</summary>
/// <remarks>
/// A .NET array may start anywhere in a line. Then a vector of 64 bytes lies in two lines, and costs two reads;
/// benchmarks/Nabla.Steps shows what that does to a layer. The garbage collector must not move an aligned array, so it
/// is pinned for as long as it lives.
/// </remarks>
internal static unsafe class AlignedBuffer
{
    /// <summary>How many elements a cache line holds.</summary>
    public const int Line = 64 / sizeof(float);

    private const int WorthPinning = 256;

    /// <summary>A new array of zeros, and the index at which its <paramref name="count"/> elements start.</summary>
    public static float[] Allocate(int count, out int offset)
    {
        offset = 0;
        if (count < WorthPinning || count > Array.MaxLength - Line)
            return new float[count];
        var numbers = GC.AllocateArray<float>(count + Line - 1, pinned: true);
        var past = (int)((nuint)Unsafe.AsPointer(ref numbers[0]) / sizeof(float) % Line);
        offset = past == 0 ? 0 : Line - past;
        return numbers;
    }

    /// <summary>
    /// A scratch buffer of <paramref name="count"/> elements that starts at a cache line and does not move. It lies in
    /// an array that is kept, and replaced if it is too small.
    /// </summary>
    public static float* Scratch(ref float[]? kept, int count)
    {
        if (kept is null || kept.Length < count + Line)
            kept = GC.AllocateUninitializedArray<float>(count + Line, pinned: true);
        return Align((float*)Unsafe.AsPointer(ref kept[0]));
    }

    /// <summary>The first cache line that starts at <paramref name="p"/> or after it.</summary>
    public static float* Align(float* p) =>
        (float*)(((nuint)p + (Line * sizeof(float) - 1)) & ~(nuint)(Line * sizeof(float) - 1));
}
