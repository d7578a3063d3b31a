namespace Nabla.Cli;

/// <summary>The exit codes of the command.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The work failed: the training diverged, the disk is full.</summary>
    public const int Failed = 1;

    /// <summary>The request or the data is wrong.</summary>
    public const int BadRequest = 2;

    /// <summary>Interrupted, and what was learned is saved.</summary>
    public const int Interrupted = 130;
}
