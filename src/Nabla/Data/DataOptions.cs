namespace Nabla.Data;

/// <summary>How <see cref="DataSource.Open"/> finds data by its name.</summary>
public sealed record DataOptions
{
    /// <summary>The folder to search first: it holds the files,
    /// or a subfolder named after the data that holds them.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether data that is not found on this machine may be downloaded.</summary>
    public bool Download { get; init; } = true;

    /// <summary>Receives the progress of a download, after every 80 kB or so.</summary>
    public IProgress<DownloadProgress>? Progress { get; init; }

    /// <summary>How long to wait for a server's response, and then for each further piece of a file,
    /// before the next mirror is tried.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The data sets that have a name. Tests replace them by ones on their own server.</summary>
    internal IReadOnlyList<PublishedImages> Published { get; init; } = PublishedImages.All;

    /// <summary>Reads an environment variable. Tests replace it by their own.</summary>
    internal Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;
}

/// <summary>How far the download of one file has got.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Received">The number of bytes received so far.</param>
/// <param name="Length">The number of bytes in all, or null if the server does not state it.</param>
public readonly record struct DownloadProgress(string File, long Received, long? Length);
