using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Storage;

namespace Nabla.Cli;

/// <summary>config.json, from which a run is resumed: what was not asked for again is as it was, and what was must not differ.</summary>
internal sealed class RunConfig
{
    private const int MostBytes = 1 << 20;
    private const int MostShown = 200;                  // letters of a setting, in a message
    private const string Epochs = "epochs";

    private readonly JsonObject settings;
    private readonly string file;

    private RunConfig(JsonObject settings, string file) => (this.settings, this.file) = (settings, file);

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static RunConfig Read(string file)
    {
        using var stream = OrdinaryFile.Open(file);
        if (stream.Length > MostBytes)
            throw new InvalidDataException($"{file} has {stream.Length:N0} bytes; the settings of a run have {MostBytes:N0} at most. It is another file, or damaged.");
        try
        {
            var settings = JsonNode.Parse(stream, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject ?? throw new JsonException("An object is expected");
            var strange = settings.FirstOrDefault(pair => !IsSetting(pair.Key, pair.Value)).Key;
            return strange is null ? new(settings, file) : throw new JsonException($"{JsonText.Quote(strange)} is no text, number, or yes or no, in letters that can be shown");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)       // the latter: half a character (a lone surrogate)
        {
            throw new InvalidDataException($"{file} is damaged: {JsonText.Reason(e)}. Restore it, or begin a new run.", e);
        }
    }

    /// <summary>What was asked for, and where nothing was, what the run was begun with.</summary>
    public TrainRequest Complete(TrainRequest asked)
    {
        if (asked.Out is not null)
            throw new ArgumentException($"--out {asked.Out} and --resume {asked.Resume} do not go together: a run is resumed in its own folder. Leave out one of them.");
        var before = Text("optimizer", TrainSettings.KnownOptimizer);
        var optimizer = asked.Optimizer ?? before;
        var isSame = optimizer == before;
        return asked with
        {
            Data = asked.Given.Contains("DATA") ? asked.Data : Text("data"),
            Network = asked.Given.Contains("--network") ? asked.Network : Text("layers", LayerList.Parse),
            Loss = asked.Loss ?? Text("loss", LossList.Parse),
            Optimizer = optimizer,
            LearningRate = asked.LearningRate ?? Number("learningRate"),
            Momentum = asked.Momentum ?? (isSame && optimizer is not ("adam" or "adamw") ? Number("momentum") : null),
            Nesterov = asked.Nesterov || (isSame && settings["nesterov"] is not null),
            WeightDecay = asked.WeightDecay ?? (isSame && optimizer != "adam" ? Number("weightDecay") : null),
            Schedule = asked.Schedule ?? Text("schedule", Schedule.Parse),
            Clip = asked.Clip ?? (settings["clip"] is null ? null : Text("clip", GradientClipping.Parse)),
            EarlyStopping = asked.EarlyStopping ?? (settings["earlyStopping"] is null ? null : Whole("earlyStopping")),
            Ema = asked.Ema ?? (settings["ema"] is null ? null : Number("ema")),
            Augment = asked.Augment ?? (settings["augment"] is null ? null : Text("augment", Augmentation.Parse)),
            BatchSize = asked.BatchSize ?? Whole("batch"),
            Epochs = asked.Epochs ?? Whole(Epochs),
            Validation = asked.Given.Contains("--validation") ? asked.Validation : Number("validation"),
            Seed = asked.Given.Contains("--seed") ? asked.Seed : Get<ulong>("seed"),
        };
    }

    /// <summary>The settings under the name that the network has had, if they are those of the run; there may be more epochs.</summary>
    /// <exception cref="ArgumentException">They differ; the message says in what.</exception>
    public TrainSettings Check(TrainSettings now)
    {
        var asked = now.ToJson();
        var differences = asked.Select(pair => pair.Key).Union(settings.Select(pair => pair.Key)).Where(key => key is not ("network" or "nabla") && Differs(key, asked))
            .Select(key => $"{OptionOf(key)} is {Shown(asked[key]) ?? "not given"}, but the run has {Shown(settings[key]) ?? "none"}");
        if (string.Join("; ", differences) is { Length: > 0 } all)
            throw new ArgumentException($"The run cannot be resumed so: {all}. It goes on with the settings of {file}; only --epochs may be more. Leave out what differs, or begin a new run.");
        return now with { NetworkName = Text("network") };
    }

    /// <summary>The same for so many epochs; null if that is what it says already.</summary>
    public JsonObject? Extended(int epochs)
    {
        if (Whole(Epochs) == epochs)
            return null;
        settings[Epochs] = epochs;
        return settings;
    }

    private bool Differs(string key, JsonObject asked) =>
        !JsonNode.DeepEquals(asked[key], settings[key]) && asked[key]?.ToJsonString() != settings[key]?.ToJsonString() && !(key == Epochs && (int)asked[key]! >= Whole(Epochs));

    private static string? Shown(JsonNode? value) => value is null ? null : Excerpt.Of(value.ToString(), MostShown);

    private static bool IsSetting(string key, JsonNode? value) =>
        value is JsonValue setting && !key.Any(char.IsControl) && !(setting.TryGetValue<string>(out var text) && text.Any(char.IsControl));

    private static string OptionOf(string key) => key switch
    {
        "data" => "DATA",
        "layers" => "--network",
        _ => "--" + string.Concat(Excerpt.Of(key, MostShown).Select(letter => char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}")),
    };

    private string Text(string key) => Get<string>(key);

    /// <summary>A text that can be read as what it stands for.</summary>
    private string Text<T>(string key, Func<string, T> read)
    {
        var text = Text(key);
        try
        {
            read(text);
            return text;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw Damaged($"'{key}' is not what it should be. {JsonText.Reason(e)}.", e);
        }
    }

    private double Number(string key) => Get<double>(key);

    private int Whole(string key) => Get<int>(key);

    private T Get<T>(string key)
    {
        try
        {
            if (settings[key] is JsonValue value && value.TryGetValue<T>(out var found))
                return found;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            // Not such a value: it is said below.
        }
        throw Damaged($"'{key}' is missing, or is not what it should be.");
    }

    private InvalidDataException Damaged(string what, Exception? cause = null) => new($"{file} is damaged: {what} Restore it, or begin a new run.", cause);
}
