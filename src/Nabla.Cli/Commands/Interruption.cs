using System.Runtime.InteropServices;

namespace Nabla.Cli;

/// <summary>
/// Handles Ctrl-C and SIGTERM: the first makes the command finish its step and save, the second ends it at once.
/// (.NET 10 does not handle SIGTERM by itself.)
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration interrupt, terminate;

    public Interruption()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (source.IsCancellationRequested)
            Environment.Exit(ExitCode.Interrupted);
        source.Cancel();
    }
}
