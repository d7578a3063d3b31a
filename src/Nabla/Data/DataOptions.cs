namespace Nabla.Data;

/// <summary>How <see cref="DataSource.Open"/> finds data that has a name.</summary>
public sealed record DataOptions
{
    /// <summary>A folder to look in first: the files themselves, or a folder in it called as the data is.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether data that is found nowhere may be downloaded.</summary>
    public bool Download { get; init; } = true;

    /// <summary>
    /// Receives the progress of each download, after every piece of some 80 kB: the name of the file, the number of
    /// bytes received, and the length of the file, or null if the server does not say.
    /// </summary>
    public IProgress<(string File, long Received, long? Length)>? Progress { get; init; }

    /// <summary>How long to wait for a server's answer, and then for each next piece of a file, before the next mirror is tried.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The data that has a name; tests put a server of their own in.</summary>
    internal IReadOnlyList<PublishedImages> Published { get; init; } = PublishedImages.All;

    /// <summary>Reads an environment variable; tests have an environment of their own.</summary>
    internal Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;
}
