using System.Numerics;

namespace Nabla.Kernels;

/// <summary>
/// Numbered scratch buffers that the threads of one piece of work share. Each part takes the first one that is free,
/// and returns it. So few threads use few buffers, again and again, and these stay in their caches.
/// </summary>
internal static unsafe class ScratchSlots
{
    /// <summary>
    /// Takes a free buffer of at most 32, and returns its number. <paramref name="taken"/> has a bit for each buffer.
    /// </summary>
    public static int Take(int* taken)
    {
        while (true)
        {
            var before = Volatile.Read(ref *taken);
            var first = BitOperations.TrailingZeroCount(~before);
            if (Interlocked.CompareExchange(ref *taken, before | (1 << first), before) == before)
                return first;
        }
    }

    /// <summary>Returns a buffer.</summary>
    public static void Return(int* taken, int slot) => Interlocked.And(ref *taken, ~(1 << slot));
}
