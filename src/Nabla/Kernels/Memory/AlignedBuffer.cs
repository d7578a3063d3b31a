using System.Runtime.CompilerServices;

namespace Nabla.Kernels;

/// <summary>Arrays whose numbers start at a line of the cache.</summary>
/// <remarks>
/// An array of .NET starts anywhere. A vector of 64 bytes that is read from it touches two lines then, and costs two reads;
/// benchmarks/Nabla.Steps shows what that does to a layer. Such an array must not be moved by the garbage collector, so it is pinned for as long as it lives.
/// </remarks>
internal static unsafe class AlignedBuffer
{
    /// <summary>How many numbers a line of the cache holds.</summary>
    public const int Line = 64 / sizeof(float);

    private const int WorthPinning = 256;

    /// <summary>A new array of zeros, and where the <paramref name="count"/> numbers in it start.</summary>
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

    /// <summary>Room for so many numbers that starts at a line and does not move, in an array that is kept, or made if it is too small.</summary>
    public static float* Scratch(ref float[]? kept, int count)
    {
        if (kept is null || kept.Length < count + Line)
            kept = GC.AllocateUninitializedArray<float>(count + Line, pinned: true);
        return Align((float*)Unsafe.AsPointer(ref kept[0]));
    }

    /// <summary>The first line of the cache that starts at <paramref name="p"/> or after it.</summary>
    public static float* Align(float* p) => (float*)(((nuint)p + (Line * sizeof(float) - 1)) & ~(nuint)(Line * sizeof(float) - 1));
}
