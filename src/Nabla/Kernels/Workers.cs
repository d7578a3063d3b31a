namespace Nabla.Kernels;

/// <summary>Work shared among the cores of the machine.</summary>
internal static class Workers
{
    /// <summary>Calls <paramref name="body"/> once for each of 0 … <paramref name="count"/> − 1, in no promised order.</summary>
    public static void ForEach(int count, Action<int> body) => Parallel.For(0, count, body);
}
