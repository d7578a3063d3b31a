namespace Nabla.Cli;

/// <summary>Runs two long tasks at the same time, such as reading files and compiling code.</summary>
internal static class Together
{
    /// <summary>
    /// Runs the first on the calling thread and the second on another; with one thread (<see cref="Compute.Threads"/>),
    /// one after the other.
    /// </summary>
    /// <remarks>If both fail, the exception of the first is thrown, whichever failed earlier.</remarks>
    public static void Run(Action first, Action second)
    {
        if (Compute.Threads == 1)
        {
            first();
            second();
            return;
        }
        var other = Task.Run(second);
        try
        {
            first();
        }
        finally
        {
            Task.WaitAny(other);
        }
        other.GetAwaiter().GetResult();                 // throws what the second has thrown
    }
}
