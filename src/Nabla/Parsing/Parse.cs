using Nabla.Data;

namespace Nabla;

/// <summary>
/// Reads layers, losses, schedules and augmentations from text, as the command and the model files write them. Case
/// does not matter.
/// </summary>
public static class Parse
{
    /// <summary>The names of all layers.</summary>
    public static IReadOnlyList<string> LayerNames => LayerList.Names;

    /// <summary>The names of all losses.</summary>
    public static IReadOnlyList<string> LossNames => LossList.Names;

    /// <summary>The names of all schedules.</summary>
    public static IReadOnlyList<string> ScheduleNames => ScheduleList.Names;

    /// <summary>The names of all distortions of images.</summary>
    public static IReadOnlyList<string> AugmentationNames => AugmentationList.Names;

    /// <summary>
    /// The names of ready-made augmentations, <c>light</c> and <c>elastic</c>, both for images of about 28 × 28.
    /// </summary>
    public static IReadOnlyList<string> AugmentationPresets => AugmentationList.Presets;

    /// <summary>
    /// Layers: “conv 32 3, relu, max-pool 2, dense 10”. They take their input sizes when a <see cref="Network"/> is
    /// made of them.
    /// </summary>
    /// <exception cref="FormatException">The text is not a list of layers; the message says where and why.</exception>
    public static Layer[] Layers(string text) => LayerList.Parse(text);

    /// <summary>A loss with its settings: “huber 0.5”, “softmax-cross-entropy smoothing 0.1 weights 1 2 1”.</summary>
    /// <exception cref="FormatException">
    /// There is no such loss, or a setting is wrong; the message says what is known.
    /// </exception>
    public static Loss Loss(string text) => LossList.Parse(text);

    /// <summary>A schedule: “constant”, “warmup 1 then cosine”, “linear 0.1 for 50% then constant”.</summary>
    /// <exception cref="FormatException">The text is not a schedule; the message says why.</exception>
    public static Schedule Schedule(string text) => ScheduleList.Parse(text);

    /// <summary>
    /// An augmentation, by the name of a preset or as a list: “elastic 6 36, rotate 10, shift 2, background 255”.
    /// </summary>
    /// <exception cref="FormatException">The text is not an augmentation; the message says where and why.</exception>
    public static Augmentation Augmentation(string text) => AugmentationList.Parse(text);
}
