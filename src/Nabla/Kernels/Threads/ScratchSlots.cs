using System.Numerics;

namespace Nabla.Kernels;

/// <summary>
/// Rooms that the threads of one piece of work share: whoever does a part takes the first that is free, and gives it back. Few threads use few
/// rooms, again and again, and these stay in their caches.
/// </summary>
internal static unsafe class ScratchSlots
{
    /// <summary>The number of a room that nobody has, of at most 32; <paramref name="taken"/> has a bit for each.</summary>
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

    /// <summary>Gives a room back.</summary>
    public static void Return(int* taken, int scratch) => Interlocked.And(ref *taken, ~(1 << scratch));
}
